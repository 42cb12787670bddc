package org.nbdcore.filter.exitlast;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.SocketAddress;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.nbdcore.filter.common.Chains;
import org.nbdcore.filter.common.ModelDisk;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.Filter;
import org.nbdcore.spi.NbdError;
import org.nbdcore.spi.NbdException;
import org.nbdcore.spi.OpenRequest;
import org.nbdcore.spi.Session;
import org.nbdcore.testkit.TestSession;

final class ExitlastFilterTest {

  private final ModelDisk disk = new ModelDisk(512);
  private final Filter filter = Chains.filter(new ExitlastFilterProvider());

  @Test
  void serverStopsWhenTheLastClientDisconnects() throws IOException {
    TestSession one = new TestSession();
    TestSession two = new TestSession(2);
    BlockDevice first = filter.open(one.request(""), disk);
    BlockDevice second = filter.open(two.request(""), disk);
    one.disconnectClient();
    first.close();
    assertThat(one.serverShutDown()).isFalse();
    two.disconnectClient();
    second.close();
    assertThat(two.serverShutDown()).isTrue();
  }

  @Test
  void detachedDevicesAreNotCountedAsClients() throws IOException {
    TestSession session = new TestSession();
    BlockDevice device = filter.open(session.request(""), disk);
    filter.open(OpenRequest.detached("", true), disk).close();
    assertThat(session.serverShutDown()).isFalse();
    session.disconnectClient();
    device.close();
    assertThat(session.serverShutDown()).isTrue();
  }

  @Test
  void clientThatOpensAnotherExportKeepsTheServerRunning() throws Exception {
    CountDownLatch end = new CountDownLatch(1);
    CountDownLatch waiting = new CountDownLatch(1);
    CountDownLatch stopped = new CountDownLatch(1);
    Session session = new ControlledSession(end, waiting, stopped);
    filter.open(OpenRequest.of("one", session), disk).close();
    assertThat(waiting.await(10, TimeUnit.SECONDS)).isTrue();
    BlockDevice other = filter.open(OpenRequest.of("other", session), disk);
    assertThat(stopped.getCount()).isOne();
    end.countDown();
    other.close();
    assertThat(stopped.await(10, TimeUnit.SECONDS)).isTrue();
  }

  /** The session of a client that disconnects when a test wants it. */
  private record ControlledSession(
      CountDownLatch end, CountDownLatch waiting, CountDownLatch stopped) implements Session {

    @Override
    public long number() {
      return 77;
    }

    @Override
    public Optional<SocketAddress> peer() {
      return Optional.empty();
    }

    @Override
    public boolean connected() {
      return end.getCount() > 0;
    }

    @Override
    public void sleep(long nanos) throws IOException {
      waiting.countDown();
      try {
        end.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      throw new NbdException(NbdError.ESHUTDOWN, "the client has gone");
    }

    @Override
    public void disconnect(boolean force) {}

    @Override
    public void shutdownServer() {
      stopped.countDown();
    }
  }
}
