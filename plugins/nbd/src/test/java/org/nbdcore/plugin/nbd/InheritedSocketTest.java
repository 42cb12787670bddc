package org.nbdcore.plugin.nbd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.Flags;
import org.nbdcore.system.SocketCalls;

@Timeout(60)
@EnabledOnOs(OS.LINUX)
@Tag("newest")
final class InheritedSocketTest {

  /** Creates a connected socket, as a parent process would pass on. */
  static final class Connecting {
    static {
      Native.register(Connecting.class, NativeLibrary.getProcess());
    }

    static native int connect(int descriptor, byte[] address, int length);

    private Connecting() {}

    static int to(Path socket) {
      byte[] address = new byte[110];
      byte[] name = socket.toString().getBytes(StandardCharsets.UTF_8);
      ByteBuffer.wrap(address).order(ByteOrder.nativeOrder()).putShort((short) SocketCalls.AF_UNIX);
      System.arraycopy(name, 0, address, 2, name.length);
      int descriptor = SocketCalls.socket(SocketCalls.AF_UNIX, SocketCalls.SOCK_STREAM, 0);
      assertThat(connect(descriptor, address, address.length)).isZero();
      return descriptor;
    }
  }

  @TempDir private Path folder;

  @Test
  void aConnectedSocketIsUsedByAllClientsUntilItEnds() throws Exception {
    Path socket = folder.resolve("remote");
    RemoteServer remote = RemoteServer.start(new KeptDisks().with("", 1 << 20), socket);
    int descriptor = Connecting.to(socket);
    try (StartedPlugin nbd = new StartedPlugin("socket-fd=" + descriptor)) {
      byte[] bytes = new byte[300_000];
      new Random(5).nextBytes(bytes);
      try (BlockDevice one = nbd.device();
          BlockDevice other = nbd.device()) {
        one.write(ByteBuffer.wrap(bytes), 5, Flags.NONE);
        one.flush(); // so that no unflushed write is lost with the connection
        ByteBuffer back = ByteBuffer.allocate(bytes.length);
        other.read(back, 5);
        assertThat(back.array()).isEqualTo(bytes);
        ByteBuffer direct = ByteBuffer.allocateDirect(bytes.length);
        other.read(direct, 5);
        assertThat(direct.flip()).isEqualTo(ByteBuffer.wrap(bytes));
        remote.close();
        assertThatThrownBy(() -> StartedPlugin.read(one, 0)).hasMessageContaining("descriptor");
        assertThatThrownBy(() -> StartedPlugin.read(one, 0))
            .hasMessageContaining("cannot be restored");
      }
    } finally {
      remote.close();
    }
  }

  @Test
  void errorNamesADescriptorThatIsNotASocket() {
    assertThatThrownBy(() -> new StartedPlugin("socket-fd=54321"))
        .hasMessageContaining("file descriptor 54321");
  }
}
