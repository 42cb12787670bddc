package org.nbdcore.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nbdcore.protocol.Magic;
import org.nbdcore.protocol.Option;
import org.nbdcore.protocol.OptionReply;
import org.nbdcore.server.tls.Certificates;
import org.nbdcore.server.tls.SelfSigned;
import org.nbdcore.server.tls.Tls;
import org.nbdcore.server.tls.TlsPriority;
import org.nbdcore.testkit.ModelDevice;
import org.nbdcore.testkit.RawNbdClient;
import org.nbdcore.testkit.RawNbdClient.OptionMessage;

/** Protocol, "TLS support": the part before encryption. Tests with real clients cover the rest. */
final class StartTlsOptionTest {

  private static final byte[] NONE = {};

  @TempDir private Path folder;

  private TestServer server(boolean required) throws Exception {
    SelfSigned.write(folder);
    Tls tls = Tls.of(Certificates.load(folder, false, TlsPriority.NORMAL)).withRequired(required);
    return TestServer.serve(
        TestPlugin.of(new ModelDevice(4096)), options -> options.tls = Optional.of(tls));
  }

  @Test
  void startTlsWithoutKeysIsRefusedByPolicy() throws Exception {
    try (TestServer server = TestServer.serve(new ModelDevice(4096));
        RawNbdClient client = server.negotiating()) {
      List<OptionMessage> replies = client.negotiate(Option.STARTTLS, NONE);
      assertThat(replies.get(0).type()).isEqualTo(OptionReply.ERR_POLICY);
      assertThat(client.go("").size()).isEqualTo(4096);
    }
  }

  @ParameterizedTest
  @ValueSource(
      ints = {
        Option.LIST,
        Option.INFO,
        Option.GO,
        Option.STRUCTURED_REPLY,
        Option.LIST_META_CONTEXT,
        Option.SET_META_CONTEXT,
        12345
      })
  void whereTlsIsRequiredEveryOtherOptionIsRefused(int option) throws Exception {
    try (TestServer server = server(true);
        RawNbdClient client = server.negotiating()) {
      List<OptionMessage> replies = client.negotiate(option, NONE);
      assertThat(replies).hasSize(1);
      assertThat(replies.get(0).type()).isEqualTo(OptionReply.ERR_TLS_REQD);
      assertThat(server.plugin.devices.open()).isZero();
      assertThat(client.negotiate(Option.ABORT, NONE).get(0).type()).isEqualTo(OptionReply.ACK);
    }
  }

  @Test
  void whereTlsIsRequiredExportNameEndsTheConnection() throws Exception {
    try (TestServer server = server(true);
        RawNbdClient client = server.negotiating()) {
      client.option(Option.EXPORT_NAME, NONE);
      assertThat(client.closedByServer()).isTrue();
    }
  }

  @Test
  void clientsNeedNotStartTlsThatIsNotRequired() throws Exception {
    try (TestServer server = server(false);
        RawNbdClient client = server.negotiating()) {
      assertThat(client.go("").size()).isEqualTo(4096);
    }
  }

  @Test
  void startTlsWithDataIsInvalid() throws Exception {
    try (TestServer server = server(false);
        RawNbdClient client = server.negotiating()) {
      List<OptionMessage> replies = client.negotiate(Option.STARTTLS, new byte[1]);
      assertThat(replies.get(0).type()).isEqualTo(OptionReply.ERR_INVALID);
    }
  }

  @Test
  void aClientThatSendsPlaintextAfterStartTlsIsDropped() throws Exception {
    try (TestServer server = server(false);
        RawNbdClient client = server.negotiating()) {
      ByteBuffer both = ByteBuffer.allocate(16 + 16);
      both.putLong(Magic.IHAVEOPT).putInt(Option.STARTTLS).putInt(0);
      both.putLong(Magic.IHAVEOPT).putInt(Option.STRUCTURED_REPLY).putInt(0);
      client.send(both.flip());
      OptionMessage reply = client.optionReply();
      assertThat(reply.type()).isEqualTo(OptionReply.ACK);
      assertThat(client.closedByServer()).isTrue();
    }
  }

  @Test
  void aFailedTlsHandshakeEndsOnlyItsOwnConnection() throws Exception {
    try (TestServer server = server(false);
        RawNbdClient client = server.negotiating()) {
      client.negotiate(Option.STARTTLS, NONE);
      client.send("GET / HTTP/1.0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
      for (int alert = 0; !client.closedByServer(); alert++) {
        assertThat(alert).as("bytes of the alert").isLessThan(32);
      }
      server.simple().close();
    }
  }
}
