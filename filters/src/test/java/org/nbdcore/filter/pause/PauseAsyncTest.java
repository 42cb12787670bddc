package org.nbdcore.filter.pause;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.nbdcore.filter.common.Chains;
import org.nbdcore.filter.common.ModelDisk;
import org.nbdcore.filter.retry.RetryFilterProvider;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.CompletionHandler;
import org.nbdcore.spi.Flags;
import org.nbdcore.spi.PassThroughDevice;
import org.nbdcore.spi.helpers.BlockDevices;
import org.nbdcore.testkit.CompletionProbe;
import org.nbdcore.testkit.SimulatedAsyncDevice;
import org.nbdcore.testkit.TestSession;

/** Pauses while asynchronous requests are in flight below. */
@Timeout(120)
@Tag("newest")
final class PauseAsyncTest {

  private static final int LENGTH = 512;

  private final ModelDisk disk = new ModelDisk(4096).fill(1);
  private final TestSession session = new TestSession();
  private final SimulatedAsyncDevice below;
  private final RequestGate gate = new RequestGate();
  private final BlockDevice device;

  PauseAsyncTest() throws IOException {
    below = new SimulatedAsyncDevice(disk.open(session.request("")), 1);
    below.hold();
    device = new PauseDevice(below, gate, session);
  }

  @AfterEach
  void close() throws IOException {
    gate.resume();
    device.close();
    assertThat(disk.breaches).isEmpty();
  }

  private static CompletionProbe startRead(BlockDevice device) throws IOException {
    CompletionProbe read = new CompletionProbe();
    assertThat(BlockDevices.readAsync(device, ByteBuffer.allocateDirect(LENGTH), 0, read)).isTrue();
    return read;
  }

  /** Starts a thread, and returns when it waits or has ended. */
  private static FutureTask<Void> startAndAwaitWaitingOrEnd(Callable<Void> body) {
    FutureTask<Void> task = new FutureTask<>(body);
    Thread thread = new Thread(task, "waits");
    thread.setDaemon(true);
    thread.start();
    while (thread.getState() != Thread.State.WAITING
        && thread.getState() != Thread.State.TIMED_WAITING
        && thread.getState() != Thread.State.TERMINATED) {
      Thread.onSpinWait();
    }
    return task;
  }

  private FutureTask<Void> pause() {
    return startAndAwaitWaitingOrEnd(
        () -> {
          gate.pause();
          return null;
        });
  }

  @Test
  void aPauseWaitsForAsynchronousRequests() throws Exception {
    CompletionProbe read = startRead(device);
    CompletionProbe write = new CompletionProbe();
    assertThat(
            BlockDevices.writeAsync(
                device, ByteBuffer.allocateDirect(LENGTH), 1024, Flags.NONE, write))
        .isTrue();
    FutureTask<Void> paused = pause();
    assertThat(paused).as("paused while two requests are in flight").isNotDone();
    below.release();
    paused.get(60, TimeUnit.SECONDS);
    assertThat(disk.calls).hasSize(2);
    gate.resume();
    read.join();
    write.join();
  }

  @Test
  void asyncRequestsAreDeclinedDuringAPause() throws Exception {
    gate.pause();
    assertThat(BlockDevices.readAsync(device, ByteBuffer.allocateDirect(LENGTH), 0, result -> {}))
        .isFalse();
    assertThat(
            BlockDevices.writeAsync(
                device, ByteBuffer.allocateDirect(LENGTH), 0, Flags.NONE, result -> {}))
        .isFalse();
    gate.resume();
    CompletionProbe read = startRead(device);
    below.release();
    read.join();
  }

  @Test
  void pauseDoesNotWaitForDeclinedOrFailedRequests() throws Exception {
    AtomicInteger attempts = new AtomicInteger();
    BlockDevice refused =
        new PauseDevice(
            new PassThroughDevice(below) {
              @Override
              public boolean readAsync(ByteBuffer dst, long offset, CompletionHandler completion)
                  throws IOException {
                if (attempts.getAndIncrement() == 0) {
                  return false;
                }
                throw new IOException("planted");
              }
            },
            gate,
            session);
    assertThat(BlockDevices.readAsync(refused, ByteBuffer.allocateDirect(LENGTH), 0, result -> {}))
        .isFalse();
    pause().get(60, TimeUnit.SECONDS);
    gate.resume();
    assertThat(startAndAwaitWaitingOrEnd(() -> tryRead(refused))).isDone();
    pause().get(60, TimeUnit.SECONDS);
  }

  private static Void tryRead(BlockDevice device) throws IOException {
    BlockDevices.readAsync(device, ByteBuffer.allocateDirect(LENGTH), 0, result -> {});
    return null;
  }

  /** One thread joins all results, and may itself wait at the gate with another request. */
  @Test
  void pauseDoesNotWaitForResultsToBeJoined() throws Exception {
    CompletionProbe read = startRead(device);
    below.release();
    below.awaitCompletions();
    pause().get(60, TimeUnit.SECONDS);
    gate.resume();
    read.join();
  }

  @Test
  void retryWaitsForAPauseAndAPauseWaitsForARetry() throws Exception {
    CountDownLatch retrying = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    AtomicInteger reads = new AtomicInteger();
    disk.hook =
        (operation, offset, length, flags) -> {
          if (!operation.equals("read")) {
            return;
          }
          if (reads.getAndIncrement() == 0) {
            throw new IOException("planted");
          }
          retrying.countDown();
          try {
            assertThat(go.await(60, TimeUnit.SECONDS)).isTrue();
          } catch (InterruptedException e) {
            throw new AssertionError(e);
          }
        };
    SimulatedAsyncDevice first = new SimulatedAsyncDevice(disk.open(session.request("")), 2);
    first.hold();
    AtomicInteger opened = new AtomicInteger();
    try (BlockDevice retried =
        new PauseDevice(
            Chains.filter(new RetryFilterProvider(), "retry-delay=1ns")
                .open(
                    session.request(""),
                    request -> opened.getAndIncrement() == 0 ? first : disk.open(request)),
            gate,
            session)) {
      CompletionProbe read = startRead(retried);
      first.release();
      first.awaitCompletions();
      pause().get(60, TimeUnit.SECONDS);
      FutureTask<Void> joining =
          startAndAwaitWaitingOrEnd(
              () -> {
                read.join();
                return null;
              });
      assertThat(joining).isNotDone();
      assertThat(disk.calls).as("calls during a pause").hasSize(1);
      gate.resume();
      assertThat(retrying.await(60, TimeUnit.SECONDS)).isTrue();
      FutureTask<Void> paused = pause();
      assertThat(paused).as("paused while a read is retried").isNotDone();
      go.countDown();
      paused.get(60, TimeUnit.SECONDS);
      joining.get(60, TimeUnit.SECONDS);
      assertThat(disk.calls).hasSize(2);
      gate.resume();
    }
  }
}
