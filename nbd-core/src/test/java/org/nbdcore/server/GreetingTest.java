package org.nbdcore.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nbdcore.protocol.Magic;
import org.nbdcore.protocol.Option;
import org.nbdcore.protocol.OptionReply;
import org.nbdcore.spi.Export;
import org.nbdcore.spi.OpenRequest;
import org.nbdcore.testkit.Backends;
import org.nbdcore.testkit.ModelDevice;
import org.nbdcore.testkit.OptionData;
import org.nbdcore.testkit.RawNbdClient;

/** Protocol, "Newstyle negotiation" and "Fixed newstyle negotiation". */
final class GreetingTest {

  /** Long enough for what a client sends in time on a machine that stalls. */
  private static final Duration HANDSHAKE = Duration.ofSeconds(1);

  private static TestServer server() throws Exception {
    return server(options -> {});
  }

  private static TestServer server(Consumer<Options> change) throws Exception {
    return TestServer.serve(TestPlugin.of(new ModelDevice(4096)), change);
  }

  @Test
  void theServerSendsBothMagicsAndItsFlagsFirst() throws Exception {
    try (TestServer server = server();
        RawNbdClient client = server.connect()) {
      ByteBuffer greeting = client.receiveBuffer(18);
      assertThat(greeting.getLong()).isEqualTo(0x4e42444d41474943L);
      assertThat(greeting.getLong()).isEqualTo(0x49484156454F5054L);
      assertThat(greeting.getShort()).isEqualTo((short) 3);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {4, 1 << 15, 1 << 16, 1 << 31})
  void unknownClientFlagsEndTheConnection(int unknown) throws Exception {
    try (TestServer server = server();
        RawNbdClient client = server.connect()) {
      client.greeting();
      client.clientFlags(3 | unknown);
      assertThat(client.closedByServer()).isTrue();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void clientFlagsThatWereNotOfferedEndTheConnection(int offered) throws Exception {
    try (TestServer server = server(options -> options.handshakeMask = offered);
        RawNbdClient client = server.connect()) {
      assertThat(client.greeting()).isEqualTo(offered);
      client.clientFlags(3);
      assertThat(client.closedByServer()).isTrue();
    }
  }

  @Test
  void aClientWithoutTheFixedNewstyleFlagMaySendOptions() throws Exception {
    try (TestServer server = server();
        RawNbdClient client = server.connect()) {
      client.greeting();
      client.clientFlags(0);
      assertThat(client.go("").size()).isEqualTo(4096);
    }
  }

  @Test
  void plainNewstyleAcceptsOnlyExportName() throws Exception {
    try (TestServer server = server(options -> options.handshakeMask = 0)) {
      try (RawNbdClient client = server.connect()) {
        assertThat(client.handshake()).isZero();
        assertThat(client.exportName("").size()).isEqualTo(4096);
      }
      try (RawNbdClient client = server.connect()) {
        client.handshake();
        client.option(Option.GO, OptionData.info(""));
        assertThat(client.closedByServer()).isTrue();
      }
    }
  }

  @Test
  void anOptionWithAWrongMagicEndsTheConnection() throws Exception {
    try (TestServer server = server();
        RawNbdClient client = server.negotiating()) {
      client.send(
          ByteBuffer.allocate(16).putLong(Magic.IHAVEOPT + 1).putInt(Option.LIST).putInt(0).flip());
      assertThat(client.closedByServer()).isTrue();
    }
  }

  @Test
  void theHandshakeMayArriveByteByByte() throws Exception {
    try (TestServer server = server();
        RawNbdClient client = server.connect()) {
      byte[] data = OptionData.info("name");
      ByteBuffer all =
          ByteBuffer.allocate(4 + 16 + data.length)
              .putInt(3)
              .putLong(Magic.IHAVEOPT)
              .putInt(Option.INFO)
              .putInt(data.length)
              .put(data);
      client.greeting();
      for (byte one : all.array()) {
        client.send(one);
      }
      assertThat(client.optionReply().type()).isEqualTo(OptionReply.INFO);
      assertThat(client.optionReply().type()).isEqualTo(OptionReply.ACK);
    }
  }

  @Test
  void aClientThatLeavesDuringTheHandshakeLeavesNothingBehind() throws Exception {
    try (TestServer server = server()) {
      server.connect().close();
      server.negotiating().close();
      RawNbdClient client = server.negotiating();
      client.sendLong(Magic.IHAVEOPT);
      client.close();
      client = server.negotiating();
      client.negotiate(Option.INFO, OptionData.info(""));
      client.drop();
      server.awaitNoConnection();
      assertThat(server.plugin.devices.opened()).isEqualTo(1);
    }
  }

  @Test
  void aClientThatStallsInTheHandshakeIsDropped() throws Exception {
    try (TestServer server = server(options -> options.handshakeTimeout = HANDSHAKE);
        RawNbdClient silent = server.connect();
        RawNbdClient halfway = server.connect()) {
      halfway.handshake();
      halfway.sendInt(0x49484156);
      silent.greeting();
      assertThat(silent.closedByServer()).isTrue();
      assertThat(halfway.closedByServer()).isTrue();
    }
  }

  @Test
  void aClientThatSendsSlowlyIsDroppedAtTheHandshakeTimeout() throws Exception {
    try (TestServer server = server(options -> options.handshakeTimeout = HANDSHAKE);
        RawNbdClient client = server.connect()) {
      client.handshake();
      client.sendLong(Magic.IHAVEOPT);
      client.sendInt(77);
      client.sendInt(60_000);
      await()
          .atMost(TestServer.TIMEOUT)
          .pollInterval(Duration.ofMillis(20))
          .until(() -> refused(client));
    }
  }

  private static boolean refused(RawNbdClient client) {
    try {
      client.send((byte) 0);
      return false;
    } catch (IOException e) {
      return true;
    }
  }

  @Test
  void aClientThatReadsNoRepliesIsDroppedAtTheHandshakeTimeout() throws Exception {
    TestPlugin plugin =
        new TestPlugin(Backends.of(new ModelDevice(4096))) {
          @Override
          public List<Export> listExports(OpenRequest request) {
            return Collections.nCopies(500, Export.of("name").withDescription("x".repeat(4000)));
          }
        };
    try (TestServer server =
            TestServer.serve(plugin, options -> options.handshakeTimeout = HANDSHAKE);
        RawNbdClient client = server.negotiating()) {
      client.negotiate(Option.INFO, OptionData.info("")); // opens a device
      client.option(Option.LIST, new byte[0]);
      server.awaitNoConnection();
    }
  }

  @Test
  void aClientThatSendsTooManyOptionsIsDropped() throws Exception {
    try (TestServer server = server();
        RawNbdClient client = server.negotiating()) {
      for (int i = 0; i < 256; i++) {
        assertThat(client.negotiate(77, new byte[0]).get(0).type())
            .isEqualTo(OptionReply.ERR_UNSUP);
      }
      assertThat(client.closedByServer()).isTrue();
    }
  }
}
