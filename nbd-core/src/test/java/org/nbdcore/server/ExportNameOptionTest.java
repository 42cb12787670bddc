package org.nbdcore.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.nbdcore.protocol.Command;
import org.nbdcore.protocol.HandshakeFlags;
import org.nbdcore.protocol.Option;
import org.nbdcore.protocol.TransmissionFlags;
import org.nbdcore.spi.NbdError;
import org.nbdcore.spi.NbdException;
import org.nbdcore.spi.OpenRequest;
import org.nbdcore.testkit.Backends;
import org.nbdcore.testkit.ModelDevice;
import org.nbdcore.testkit.RawNbdClient;

/** Protocol, {@code NBD_OPT_EXPORT_NAME}. */
final class ExportNameOptionTest {

  private static final byte[] NAME = {'a'};

  @Test
  void theReplyEndsWithZeroesByDefault() throws Exception {
    try (TestServer server = TestServer.serve(new ModelDevice(4096));
        RawNbdClient client = server.connect()) {
      client.greeting();
      client.clientFlags(HandshakeFlags.FIXED_NEWSTYLE);
      client.option(Option.EXPORT_NAME, NAME);
      ByteBuffer answer = client.receiveBuffer(8 + 2 + 124);
      assertThat(answer.getLong()).isEqualTo(4096);
      assertThat(answer.getShort() & TransmissionFlags.HAS_FLAGS).isNotZero();
      while (answer.hasRemaining()) {
        assertThat(answer.get()).isZero();
      }
      assertReadWorks(client);
    }
  }

  @Test
  void noZeroesAreSentIfTheClientSetsNoZeroes() throws Exception {
    try (TestServer server = TestServer.serve(new ModelDevice(4096));
        RawNbdClient client = server.connect()) {
      client.greeting();
      client.clientFlags(HandshakeFlags.FIXED_NEWSTYLE | HandshakeFlags.NO_ZEROES);
      client.option(Option.EXPORT_NAME, NAME);
      assertThat(client.receiveBuffer(10).getLong()).isEqualTo(4096);
      assertReadWorks(client);
    }
  }

  private static void assertReadWorks(RawNbdClient client) throws Exception {
    client.request(0, Command.READ, 7, 0, 1);
    assertThat(client.simpleReply()).isEqualTo(new RawNbdClient.SimpleReply(0, 7));
    client.receive(1);
  }

  @Test
  void theNameReachesThePluginAsItWasSent() throws Exception {
    try (TestServer server = TestServer.serve(new ModelDevice(4096));
        RawNbdClient client = server.negotiating()) {
      client.exportName("/vm/Gerät 1");
      assertThat(server.plugin.devices.requests())
          .extracting(OpenRequest::exportName)
          .containsExactly("/vm/Gerät 1");
    }
  }

  @Test
  void theEmptyNameSelectsTheConfiguredExport() throws Exception {
    try (TestServer server =
            TestServer.serve(
                TestPlugin.of(new ModelDevice(4096)), options -> options.exportName = "chosen");
        RawNbdClient client = server.negotiating()) {
      client.exportName("");
      assertThat(server.plugin.devices.requests())
          .extracting(OpenRequest::exportName)
          .containsExactly("chosen");
    }
  }

  @Test
  void structuredRepliesAreUsedAfterExportName() throws Exception {
    try (TestServer server = TestServer.serve(new ModelDevice(4096));
        RawNbdClient client = server.negotiating()) {
      client.structuredReplies();
      assertThat(client.metaContext("", "base:allocation")).isEqualTo(1);
      assertThat(client.exportName("").flags() & TransmissionFlags.SEND_DF).isNotZero();
      client.request(0, Command.BLOCK_STATUS, 9, 0, 4096);
      assertThat(client.chunk().cookie()).isEqualTo(9);
    }
  }

  @Test
  void anExportThatCannotBeOpenedEndsTheConnection() throws Exception {
    TestPlugin plugin =
        new TestPlugin(
            request -> {
              throw new NbdException(NbdError.EPERM, "not for you");
            });
    try (TestServer server = TestServer.serve(plugin);
        RawNbdClient client = server.negotiating()) {
      client.option(Option.EXPORT_NAME, NAME);
      assertThat(client.closedByServer()).isTrue();
    }
  }

  @Test
  void anInvalidNameEndsTheConnection() throws Exception {
    byte[][] names = {{(byte) 0xff}, {'a', 0}, new byte[4097], new byte[70_000]};
    for (byte[] name : names) {
      if (name.length > 2) {
        Arrays.fill(name, (byte) 'n');
      }
      try (TestServer server =
              TestServer.serve(new TestPlugin(Backends.of(new ModelDevice(4096))));
          RawNbdClient client = server.negotiating()) {
        client.option(Option.EXPORT_NAME, name);
        assertThat(client.closedByServer()).as(name.length + " bytes").isTrue();
        assertThat(server.plugin.devices.requests()).isEmpty();
      }
    }
  }
}
