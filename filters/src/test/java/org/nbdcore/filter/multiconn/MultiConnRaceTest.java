package org.nbdcore.filter.multiconn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.nbdcore.filter.common.Chains.bytes;
import static org.nbdcore.filter.common.Chains.write;
import static org.nbdcore.filter.common.TestThreads.await;
import static org.nbdcore.filter.common.TestThreads.awaitWaitingOrEnd;
import static org.nbdcore.filter.common.TestThreads.start;

import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nbdcore.filter.common.Chains;
import org.nbdcore.filter.common.ModelDisk;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.Filter;
import org.nbdcore.spi.Flags;
import org.nbdcore.spi.OpenRequest;
import org.nbdcore.spi.ThreadModel;

/** Flushes that run at the same time as other requests. */
@Tag("stress")
@Timeout(60)
final class MultiConnRaceTest {

  private final ModelDisk disk = new ModelDisk(65536).with(ModelDisk.ALL.withMultiConn(false));

  /** Otherwise it would succeed although the flush in progress fails later. */
  @ParameterizedTest
  @ValueSource(strings = {"fast", "connection"})
  void concurrentFlushWaitsAndIsExecutedIfTheFirstFails(String tracking) throws Exception {
    Filter filter =
        Chains.filter(
            new MultiConnFilterProvider(),
            "multi-conn-mode=emulate",
            "multi-conn-track-dirty=" + tracking);
    BlockDevice one = Chains.open(filter, disk);
    BlockDevice two = Chains.open(filter, disk);
    write(one, 0, bytes(1, 512), Flags.NONE);
    CountDownLatch flushing = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    AtomicInteger flushes = new AtomicInteger();
    disk.hook =
        (operation, offset, length, flags) -> {
          if (flushes.incrementAndGet() == 1) {
            flushing.countDown();
            await(go);
            throw new IOException("planted");
          }
        };
    FutureTask<Throwable> first = flush(one);
    start(first);
    await(flushing);
    FutureTask<Throwable> second = flush(two);
    awaitWaitingOrEnd(start(second));
    go.countDown();
    assertThat(first.get()).hasMessage("planted");
    assertThat(second.get()).isNull();
    assertThat(flushes.get()).as("flushes that reached the disk").isGreaterThanOrEqualTo(2);
  }

  /** A layer that serializes requests must not get two requests of one connection at once. */
  @Test
  void aFlushFromAnotherConnectionWaitsForTheRequestInProgress() throws Exception {
    disk.threadModel = ThreadModel.SERIALIZE_REQUESTS;
    Filter filter =
        Chains.filter(
            new MultiConnFilterProvider(), "multi-conn-mode=emulate", "multi-conn-track-dirty=off");
    BlockDevice one = Chains.open(filter, disk);
    BlockDevice two = Chains.open(filter, disk);
    CountDownLatch writing = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    disk.hook =
        (operation, offset, length, flags) -> {
          if (operation.equals("write")) {
            writing.countDown();
            await(go);
          }
        };
    FutureTask<Void> held =
        new FutureTask<>(
            () -> {
              write(one, 0, bytes(1, 512), Flags.NONE);
              return null;
            });
    start(held);
    await(writing);
    FutureTask<Throwable> flush = flush(two);
    awaitWaitingOrEnd(start(flush));
    assertThat(disk.drainCalls()).containsExactly("write 0+512");
    go.countDown();
    held.get();
    assertThat(flush.get()).isNull();
    assertThat(disk.drainCalls()).containsExactly("flush", "flush");
  }

  @Test
  void fastTrackingSeparatesExports() throws IOException {
    Filter filter =
        Chains.filter(
            new MultiConnFilterProvider(),
            "multi-conn-mode=emulate",
            "multi-conn-track-dirty=fast",
            "multi-conn-exportname=true");
    BlockDevice one = filter.open(OpenRequest.detached("one", false), disk);
    BlockDevice other = filter.open(OpenRequest.detached("other", false), disk);
    write(one, 0, bytes(1, 512), Flags.NONE);
    write(other, 0, bytes(1, 512), Flags.NONE);
    disk.drainCalls();
    one.flush();
    other.flush();
    assertThat(disk.drainCalls()).containsExactly("flush", "flush");
  }

  private static FutureTask<Throwable> flush(BlockDevice device) {
    return new FutureTask<>(
        () -> {
          try {
            device.flush();
            return null;
          } catch (IOException e) {
            return e;
          }
        });
  }
}
