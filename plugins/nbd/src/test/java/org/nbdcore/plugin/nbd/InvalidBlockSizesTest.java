package org.nbdcore.plugin.nbd;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.nbdcore.protocol.Info;
import org.nbdcore.protocol.Magic;
import org.nbdcore.protocol.Option;
import org.nbdcore.protocol.OptionReply;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.BlockSizes;

/** A server that sends values that nbd-core never sends. */
@Timeout(60)
final class InvalidBlockSizesTest {

  /**
   * The protocol requires at least 512. The preferred size is only a hint, so a wrong one is no
   * reason to fail.
   */
  @Test
  void aPreferredSizeThatIsTooSmallIsRaised() throws Exception {
    try (ServerSocket listening = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Thread server = new Thread(() -> serve(listening), "server with invalid block sizes");
      server.setDaemon(true);
      server.start();
      try (StartedPlugin nbd =
              new StartedPlugin("hostname=127.0.0.1", "port=" + listening.getLocalPort());
          BlockDevice device = nbd.device()) {
        assertThat(device.capabilities().blockSizes()).isEqualTo(BlockSizes.of(1, 512, 1024));
      }
    }
  }

  /**
   * Accepts NBD_OPT_GO for any export, and rejects all other options. Its block sizes are 1, 128
   * and 1024.
   */
  private static void serve(ServerSocket listening) {
    try (Socket socket = listening.accept()) {
      DataInputStream in = new DataInputStream(socket.getInputStream());
      DataOutputStream out = new DataOutputStream(socket.getOutputStream());
      out.writeLong(Magic.NBDMAGIC);
      out.writeLong(Magic.IHAVEOPT);
      out.writeShort(3);
      in.readInt();
      for (int option = 0; option != Option.GO; ) {
        in.readLong();
        option = in.readInt();
        in.skipNBytes(in.readInt());
        if (option == Option.GO) {
          reply(out, option, OptionReply.INFO, 12);
          out.writeShort(Info.EXPORT);
          out.writeLong(4096);
          out.writeShort(1);
          reply(out, option, OptionReply.INFO, 14);
          out.writeShort(Info.BLOCK_SIZE);
          out.writeInt(1);
          out.writeInt(128);
          out.writeInt(1024);
        }
        reply(out, option, option == Option.GO ? OptionReply.ACK : OptionReply.ERR_UNSUP, 0);
      }
      in.readAllBytes(); // until the client leaves
    } catch (IOException e) {
      // the client then reports the failure
    }
  }

  private static void reply(DataOutputStream out, int option, int type, int length)
      throws IOException {
    out.writeLong(Magic.OPTION_REPLY);
    out.writeInt(option);
    out.writeInt(type);
    out.writeInt(length);
  }
}
