package org.nbdcore.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.nbdcore.protocol.Command;
import org.nbdcore.protocol.ErrorValue;
import org.nbdcore.protocol.Option;
import org.nbdcore.server.export.ConnectionSession;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.FilterBlockDevice;
import org.nbdcore.spi.Flags;
import org.nbdcore.spi.NbdError;
import org.nbdcore.spi.NbdException;
import org.nbdcore.spi.Session;
import org.nbdcore.testkit.ModelDevice;
import org.nbdcore.testkit.OptionData;
import org.nbdcore.testkit.RawNbdClient;
import org.nbdcore.testkit.RawNbdClient.SimpleReply;

/** What a plugin may do with its session. */
@Timeout(60)
final class SessionTest {

  private static final long HOUR = TimeUnit.HOURS.toNanos(1);

  private final BlockingQueue<Session> sessions = new LinkedBlockingQueue<>();
  private final BlockingQueue<String> sleeps = new LinkedBlockingQueue<>();

  private void sleep(Session session, long nanos) throws IOException {
    sleeps.add("begins");
    try {
      session.sleep(nanos);
      sleeps.add("ends");
    } catch (NbdException e) {
      sleeps.add(e.error() + (session.connected() ? " connected" : ""));
      throw e;
    }
  }

  private String nextSleep() throws InterruptedException {
    return sleeps.poll(30, TimeUnit.SECONDS);
  }

  /**
   * A server whose reads sleep for an hour and writes for 200 ms. A trim drops the client, a flush
   * disconnects it gracefully.
   */
  private TestServer sleeping() throws Exception {
    ModelDevice model = new ModelDevice(4096);
    return TestServer.serve(
        new TestPlugin(
            request -> {
              Session session = request.session();
              sessions.add(session);
              if (request.exportName().equals("sleepy")) {
                sleep(session, HOUR);
              }
              return device(model, session);
            }));
  }

  private BlockDevice device(ModelDevice model, Session session) {
    return new FilterBlockDevice(model) {
      @Override
      public void read(ByteBuffer dst, long offset) throws IOException {
        sleep(session, HOUR);
      }

      @Override
      public void write(ByteBuffer src, long offset, Flags flags) throws IOException {
        sleep(session, 200_000_000);
        next.write(src, offset, flags);
      }

      @Override
      public void trim(long offset, long length, Flags flags) {
        session.disconnect(true);
      }

      @Override
      public void flush() {
        session.disconnect(false);
      }

      @Override
      public void cache(long offset, long length) {
        session.shutdownServer();
      }

      @Override
      public void close() {}
    };
  }

  @Test
  void aSleepLastsAsLongAsRequested() throws Exception {
    try (TestServer server = sleeping();
        RawNbdClient client = server.simple()) {
      long start = System.nanoTime();
      client.request(0, Command.WRITE, 1, 0, new byte[512]);
      assertThat(client.simpleReply()).isEqualTo(new SimpleReply(0, 1));
      assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(200_000_000);
      assertThat(nextSleep()).isEqualTo("begins");
      assertThat(nextSleep()).isEqualTo("ends");
    }
  }

  @Test
  void aSleepEndsWhenTheClientDisconnects() throws Exception {
    try (TestServer server = sleeping()) {
      RawNbdClient client = server.simple();
      client.request(0, Command.READ, 1, 0, 512);
      assertThat(nextSleep()).isEqualTo("begins");
      client.drop();
      assertThat(nextSleep()).isEqualTo("ESHUTDOWN");
      server.awaitNoConnection();
      assertThat(sessions.take().connected()).isFalse();
    }
  }

  @Test
  void afterDiscRequestsMayFinishUntilATimeout() throws Exception {
    ConnectionSession session =
        new ConnectionSession(
            1, Optional.empty(), ConnectionSession.Peer.UNKNOWN, () -> {}, () -> {});
    session.clientDisconnects(Duration.ofHours(1));
    session.requireConnected();
    session.clientDisconnects(Duration.ofNanos(-1));
    session.sleep(1); // a sleep continues
    assertThatThrownBy(session::requireConnected)
        .isInstanceOfSatisfying(
            NbdException.class, e -> assertThat(e.error()).isEqualTo(NbdError.ESHUTDOWN));
  }

  @Test
  void aSleepEndsWhenTheServerStops() throws Exception {
    try (TestServer server = sleeping();
        RawNbdClient client = server.simple()) {
      client.request(0, Command.READ, 1, 0, 512);
      assertThat(nextSleep()).isEqualTo("begins");
      server.server.stop();
      assertThat(nextSleep()).isEqualTo("ESHUTDOWN");
      assertThat(client.simpleReply()).isEqualTo(new SimpleReply(ErrorValue.ESHUTDOWN, 1));
      assertThat(client.closedByServer()).isTrue();
    }
  }

  @Test
  void aSleepWhileOpeningEndsWhenTheServerStops() throws Exception {
    try (TestServer server = sleeping();
        RawNbdClient client = server.negotiating()) {
      client.option(Option.GO, OptionData.info("sleepy"));
      assertThat(nextSleep()).isEqualTo("begins");
      server.server.stop();
      assertThat(nextSleep()).isEqualTo("ESHUTDOWN");
    }
  }

  @Test
  void aRequestThatSleepsAtDiscIsCompletedAndAnswered() throws Exception {
    try (TestServer server = sleeping();
        RawNbdClient client = server.simple()) {
      client.request(0, Command.WRITE, 1, 0, new byte[512]);
      client.request(0, Command.DISC, 2, 0, 0);
      assertThat(client.simpleReply()).isEqualTo(new SimpleReply(0, 1));
      assertThat(client.closedByServer()).isTrue();
      assertThat(nextSleep()).isEqualTo("begins");
      assertThat(nextSleep()).isEqualTo("ends");
    }
  }

  @Test
  void aForcedDisconnectDropsOnlyItsOwnClient() throws Exception {
    try (TestServer server = sleeping();
        RawNbdClient other = server.simple();
        RawNbdClient client = server.simple()) {
      client.request(0, Command.READ, 1, 0, 512);
      client.request(0, Command.TRIM, 2, 0, 512);
      assertThat(client.closedByServer()).isTrue();
      assertThat(nextSleep()).isEqualTo("begins");
      assertThat(nextSleep()).isEqualTo("ESHUTDOWN");
      other.request(0, Command.WRITE, 3, 0, new byte[512]);
      assertThat(other.simpleReply()).isEqualTo(new SimpleReply(0, 3));
    }
  }

  @Test
  void aGracefulDisconnectAnswersEarlierRequestsAndRefusesLaterOnes() throws Exception {
    try (TestServer server = sleeping();
        RawNbdClient client = server.simple()) {
      client.request(0, Command.WRITE, 1, 0, new byte[512]);
      assertThat(nextSleep()).isEqualTo("begins");
      client.request(0, Command.FLUSH, 2, 0, 0);
      assertThat(client.simpleReply()).isEqualTo(new SimpleReply(0, 2));
      client.request(0, Command.WRITE, 3, 0, new byte[512]);
      client.request(0, Command.FLUSH, 4, 0, 0);
      int refused = ErrorValue.ESHUTDOWN;
      assertThat(
              new SimpleReply[] {client.simpleReply(), client.simpleReply(), client.simpleReply()})
          .containsExactlyInAnyOrder(
              new SimpleReply(0, 1), new SimpleReply(refused, 3), new SimpleReply(refused, 4));
      client.request(0, Command.DISC, 5, 0, 0);
      assertThat(client.closedByServer()).isTrue();
    }
  }

  @Test
  void aPluginMayStopTheServer() throws Exception {
    try (TestServer server = sleeping();
        RawNbdClient client = server.simple()) {
      client.request(0, Command.CACHE, 1, 0, 512);
      assertThat(client.simpleReply()).isEqualTo(new SimpleReply(0, 1));
      assertThat(client.closedByServer()).isTrue();
      server.server.awaitStopped();
      assertThat(server.plugin.closes).hasValue(1);
    }
  }

  @Test
  void sessionsAreNumberedAndKnowTheirPeer() throws Exception {
    try (TestServer server = sleeping();
        RawNbdClient first = server.simple();
        RawNbdClient second = server.simple()) {
      assertThat(sessions.take().number()).isEqualTo(1);
      Session session = sessions.take();
      assertThat(session.number()).isEqualTo(2);
      assertThat(session.connected()).isTrue();
      assertThat(session.peer()).isPresent();
      second.drop();
      await().atMost(TestServer.TIMEOUT).until(() -> !session.connected());
      assertThat(first.channel().isOpen()).isTrue();
    }
  }

  @Test
  void aSleepOfZeroFailsOnlyIfTheClientHasGone() throws Exception {
    try (TestServer server = sleeping();
        RawNbdClient client = server.simple()) {
      Session session = sessions.take();
      session.sleep(0);
      client.drop();
      await().atMost(TestServer.TIMEOUT).until(() -> !session.connected());
      try {
        session.sleep(0);
        throw new AssertionError("slept without a client");
      } catch (NbdException e) {
        assertThat(e.error()).isEqualTo(NbdError.ESHUTDOWN);
      }
    }
  }
}
