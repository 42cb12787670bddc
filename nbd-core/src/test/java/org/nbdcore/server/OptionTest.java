package org.nbdcore.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nbdcore.protocol.Magic;
import org.nbdcore.protocol.Option;
import org.nbdcore.protocol.OptionReply;
import org.nbdcore.protocol.TransmissionFlags;
import org.nbdcore.spi.Export;
import org.nbdcore.spi.OpenRequest;
import org.nbdcore.testkit.Backends;
import org.nbdcore.testkit.ModelDevice;
import org.nbdcore.testkit.RawNbdClient;
import org.nbdcore.testkit.RawNbdClient.OptionMessage;

/** Protocol, "Option types": those that name no export, and how any option may be malformed. */
final class OptionTest {

  private static final byte[] NONE = {};

  private static TestServer server() throws Exception {
    return TestServer.serve(new ModelDevice(4096));
  }

  private interface Listing {
    List<Export> exports() throws IOException;
  }

  private static TestServer listing(Listing listing) throws Exception {
    return TestServer.serve(
        new TestPlugin(Backends.of(new ModelDevice(4096))) {
          @Override
          public List<Export> listExports(OpenRequest request) throws IOException {
            return listing.exports();
          }
        });
  }

  private static void assertRefused(RawNbdClient client, int option, byte[] data, int type)
      throws IOException {
    List<OptionMessage> replies = client.negotiate(option, data);
    assertThat(replies).hasSize(1);
    assertThat(replies.get(0).type()).isEqualTo(type);
    assertThat(replies.get(0).text()).isNotBlank();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 12345})
  void abortIsAcknowledgedAndEndsTheConnection(int dataLength) throws Exception {
    try (TestServer server = server();
        RawNbdClient client = server.negotiating()) {
      List<OptionMessage> replies = client.negotiate(Option.ABORT, new byte[dataLength]);
      assertThat(replies.get(0).type()).isEqualTo(OptionReply.ACK);
      assertThat(replies.get(0).data()).isEmpty();
      assertThat(client.closedByServer()).isTrue();
    }
  }

  @Test
  void aClientMayAbortWithoutWaitingForTheAnswer() throws Exception {
    try (TestServer server = server()) {
      RawNbdClient client = server.negotiating();
      client.option(Option.ABORT, NONE);
      client.drop();
      server.simple().close(); // and others are served
    }
  }

  @Test
  void listAnswersEachExportWithItsDescription() throws Exception {
    try (TestServer server =
            listing(() -> List.of(Export.of("a"), Export.of("b").withDescription("Büro")));
        RawNbdClient client = server.negotiating()) {
      List<OptionMessage> replies = client.negotiate(Option.LIST, NONE);
      assertThat(replies)
          .extracting(OptionMessage::type)
          .containsExactly(OptionReply.SERVER, OptionReply.SERVER, OptionReply.ACK);
      assertThat(replies.get(0).data()).containsExactly(0, 0, 0, 1, 'a');
      ByteBuffer second = replies.get(1).buffer();
      assertThat(second.getInt()).isEqualTo(1);
      assertThat(second.get()).isEqualTo((byte) 'b');
      assertThat(StandardCharsets.UTF_8.decode(second).toString()).isEqualTo("Büro");
      assertThat(replies.get(2).data()).isEmpty();
    }
  }

  @Test
  void listTruncatesLongDescriptionsAndOmitsTooLongNames() throws Exception {
    try (TestServer server =
            listing(
                () ->
                    List.of(
                        Export.of("n".repeat(4097)),
                        Export.of("b").withDescription("ä".repeat(2048) + "!")));
        RawNbdClient client = server.negotiating()) {
      List<OptionMessage> replies = client.negotiate(Option.LIST, NONE);
      assertThat(replies).hasSize(2);
      assertThat(replies.get(0).data()).hasSize(4 + 1 + 4096);
    }
  }

  @Test
  void listThatThePluginCannotAnswerIsAnErrorAndNegotiationContinues() throws Exception {
    IllegalStateException fault = new IllegalStateException("no list today");
    for (Exception failure : List.of(new IOException("no list today"), fault)) {
      try (TestServer server =
              listing(
                  () -> {
                    if (failure instanceof IOException io) {
                      throw io;
                    }
                    throw fault;
                  });
          RawNbdClient client = server.negotiating()) {
        OptionMessage reply = client.negotiate(Option.LIST, NONE).get(0);
        assertThat(reply.type()).isEqualTo(OptionReply.ERR_PLATFORM);
        assertThat(reply.text()).contains("no list today");
        assertThat(client.go("").size()).isEqualTo(4096);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {Option.LIST, Option.STRUCTURED_REPLY})
  void optionsWithoutDataRefuseData(int option) throws Exception {
    try (TestServer server = server();
        RawNbdClient client = server.negotiating()) {
      assertRefused(client, option, new byte[1], OptionReply.ERR_INVALID);
      assertThat(client.go("").flags() & TransmissionFlags.SEND_DF).isZero();
    }
  }

  @Test
  void structuredRepliesMayBeNegotiatedTwice() throws Exception {
    try (TestServer server = server();
        RawNbdClient client = server.negotiating()) {
      client.structuredReplies();
      client.structuredReplies();
      assertThat(client.go("").flags() & TransmissionFlags.SEND_DF).isNotZero();
    }
  }

  @Test
  void structuredRepliesCanBeTurnedOff() throws Exception {
    try (TestServer server =
            TestServer.serve(
                TestPlugin.of(new ModelDevice(4096)),
                options -> options.structuredReplies = false);
        RawNbdClient client = server.negotiating()) {
      assertRefused(client, Option.STRUCTURED_REPLY, NONE, OptionReply.ERR_UNSUP);
      assertThat(client.go("").flags() & TransmissionFlags.SEND_DF).isZero();
    }
  }

  @Test
  void tlsIsRefusedByPolicyWhileItIsTurnedOff() throws Exception {
    try (TestServer server = server();
        RawNbdClient client = server.negotiating()) {
      assertRefused(client, Option.STARTTLS, NONE, OptionReply.ERR_POLICY);
      assertThat(client.go("").size()).isEqualTo(4096);
    }
  }

  @Test
  void anUnknownOptionIsNamedAsAnUnsignedNumber() throws Exception {
    try (TestServer server = server();
        RawNbdClient client = server.negotiating()) {
      assertThat(client.negotiate(-1, NONE).get(0).text()).contains("option 4294967295 ");
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, Option.PEEK_EXPORT, Option.EXTENDED_HEADERS, 12, 0x7fff_ffff, -1})
  void unknownOptionsAreUnsupportedAndTheirDataIsSkipped(int option) throws Exception {
    try (TestServer server = server();
        RawNbdClient client = server.negotiating()) {
      assertRefused(client, option, new byte[3000], OptionReply.ERR_UNSUP);
      assertThat(client.go("").size()).isEqualTo(4096);
    }
  }

  @Test
  void aTooLongOptionIsRefusedAndNegotiationContinues() throws Exception {
    try (TestServer server = server();
        RawNbdClient client = server.negotiating()) {
      assertRefused(client, Option.INFO, new byte[65_537], OptionReply.ERR_TOO_BIG);
      assertRefused(client, 99, new byte[1 << 20], OptionReply.ERR_TOO_BIG);
      assertThat(client.go("").size()).isEqualTo(4096);
    }
  }

  @Test
  void anOptionOfAbsurdLengthEndsTheConnectionAtOnce() throws Exception {
    try (TestServer server = server();
        RawNbdClient client = server.negotiating()) {
      client.send(
          ByteBuffer.allocate(16).putLong(Magic.IHAVEOPT).putInt(Option.LIST).putInt(-1).flip());
      assertThat(client.closedByServer()).isTrue();
    }
  }

  @Test
  void aConnectionThatThePluginRefusesIsClosedBeforeTheGreeting() throws Exception {
    TestPlugin plugin =
        new TestPlugin(Backends.of(new ModelDevice(4096))) {
          @Override
          public void preconnect(org.nbdcore.spi.Session session) throws IOException {
            if (session.number() == 1) {
              throw new IOException("no");
            } else if (session.number() == 2) {
              throw new IllegalStateException("never");
            }
          }
        };
    try (TestServer server = TestServer.serve(plugin)) {
      for (int i = 0; i < 2; i++) {
        try (RawNbdClient refused = server.connect()) {
          assertThat(refused.closedByServer()).isTrue();
        }
      }
      server.simple().close();
    }
  }
}
