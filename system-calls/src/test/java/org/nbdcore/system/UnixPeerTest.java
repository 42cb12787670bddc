package org.nbdcore.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.jna.NativeLibrary;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The process, user and group of a client, as the kernel reports them. */
@Timeout(60)
final class UnixPeerTest {

  @TempDir Path folder;

  @Test
  void aUnixSocketReportsProcessUserAndGroupOfItsClient() throws Exception {
    Path path = folder.resolve("s");
    try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      server.bind(UnixDomainSocketAddress.of(path));
      try (SocketChannel client = SocketChannel.open(UnixDomainSocketAddress.of(path));
          SocketChannel accepted = server.accept()) {
        UnixPeer found = UnixPeer.of(accepted).orElseThrow();
        assertThat(client.isConnected()).isTrue();
        assertThat(found.pid()).isEqualTo((int) ProcessHandle.current().pid());
        assertThat(found.uid()).isEqualTo(Files.getAttribute(path, "unix:uid"));
        assertThat(found.gid()).isEqualTo(Files.getAttribute(path, "unix:gid"));
        assertThat(accepted.getOption(StandardSocketOptions.SO_LINGER)).isNegative();
      }
    }
  }

  @Test
  void theClientIsFoundIfTheSocketHasSeveralDescriptors() throws Exception {
    Path path = folder.resolve("s");
    try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      server.bind(UnixDomainSocketAddress.of(path));
      try (SocketChannel client = SocketChannel.open(UnixDomainSocketAddress.of(path));
          SocketChannel accepted = server.accept()) {
        assertThat(client.isConnected()).isTrue();
        accepted.setOption(StandardSocketOptions.SO_LINGER, 77);
        int descriptor = UnixSocketOptions.socketLingering(77).orElseThrow();
        NativeLibrary libc = NativeLibrary.getProcess();
        int copy = libc.getFunction("dup").invokeInt(new Object[] {descriptor});
        try {
          assertThat(UnixPeer.of(accepted).orElseThrow().pid())
              .isEqualTo((int) ProcessHandle.current().pid());
        } finally {
          libc.getFunction("close").invokeInt(new Object[] {copy});
        }
      }
    }
  }

  @Test
  void clientsOfDifferentProcessesAreDistinguished() throws Exception {
    Path path = folder.resolve("s");
    try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      server.bind(UnixDomainSocketAddress.of(path));
      SocketAddress address = UnixDomainSocketAddress.of(path);
      Process other =
          new ProcessBuilder(
                  "/usr/bin/python3",
                  "-c",
                  "import socket,sys; s=socket.socket(socket.AF_UNIX); s.connect(sys.argv[1]);"
                      + " s.recv(1)",
                  path.toString())
              .start();
      try (SocketChannel theirs = server.accept();
          SocketChannel client = SocketChannel.open(address);
          SocketChannel ours = server.accept()) {
        assertThat(client.isConnected()).isTrue();
        assertThat(UnixPeer.of(theirs).orElseThrow().pid()).isEqualTo((int) other.pid());
        assertThat(UnixPeer.of(ours).orElseThrow().pid())
            .isEqualTo((int) ProcessHandle.current().pid());
      }
      assertThat(other.waitFor(30, TimeUnit.SECONDS)).isTrue();
    }
  }

  @Test
  void aTcpSocketReportsNoProcess() throws Exception {
    try (ServerSocketChannel server = ServerSocketChannel.open()) {
      server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
      try (SocketChannel client = SocketChannel.open(server.getLocalAddress());
          SocketChannel accepted = server.accept()) {
        assertThat(client.isConnected()).isTrue();
        assertThat(UnixPeer.of(accepted)).isEmpty();
      }
    }
  }
}
