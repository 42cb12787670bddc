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

/** Pauses while reads go on by themselves below. */
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

  private static CompletionProbe begin(BlockDevice device) throws IOException {
    CompletionProbe ending = new CompletionProbe();
    assertThat(BlockDevices.readAsync(device, ByteBuffer.allocateDirect(LENGTH), 0, ending))
        .isTrue();
    return ending;
  }

  /** A thread that has come to where it waits, or to its end. */
  private static FutureTask<Void> untilItWaits(Callable<Void> body) {
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
    return untilItWaits(
        () -> {
          gate.pause();
          return null;
        });
  }

  @Test
  void aPauseWaitsForAsynchronousRequests() throws Exception {
    CompletionProbe read = begin(device);
    CompletionProbe write = new CompletionProbe();
    assertThat(
            BlockDevices.writeAsync(
                device, ByteBuffer.allocateDirect(LENGTH), 1024, Flags.NONE, write))
        .isTrue();
    FutureTask<Void> paused = pause();
    assertThat(paused).as("paused while two requests go on").isNotDone();
    below.release();
    paused.get(60, TimeUnit.SECONDS);
    assertThat(disk.calls).hasSize(2);
    gate.resume();
    read.join();
    write.join();
  }

  @Test
  void nothingIsAcceptedDuringAPause() throws Exception {
    gate.pause();
    assertThat(BlockDevices.readAsync(device, ByteBuffer.allocateDirect(LENGTH), 0, how -> {}))
        .isFalse();
    assertThat(
            BlockDevices.writeAsync(
                device, ByteBuffer.allocateDirect(LENGTH), 0, Flags.NONE, how -> {}))
        .isFalse();
    gate.resume();
    CompletionProbe read = begin(device);
    below.release();
    read.join();
  }

  @Test
  void whatTheDiskDoesNotBeginIsNotWaitedFor() throws Exception {
    AtomicInteger beginnings = new AtomicInteger();
    BlockDevice refused =
        new PauseDevice(
            new PassThroughDevice(below) {
              @Override
              public boolean readAsync(ByteBuffer dst, long offset, CompletionHandler completion)
                  throws IOException {
                if (beginnings.getAndIncrement() == 0) {
                  return false;
                }
                throw new IOException("planted");
              }
            },
            gate,
            session);
    assertThat(BlockDevices.readAsync(refused, ByteBuffer.allocateDirect(LENGTH), 0, how -> {}))
        .isFalse();
    pause().get(60, TimeUnit.SECONDS);
    gate.resume();
    assertThat(untilItWaits(() -> begins(refused))).isDone();
    pause().get(60, TimeUnit.SECONDS);
  }

  private static Void begins(BlockDevice device) throws IOException {
    BlockDevices.readAsync(device, ByteBuffer.allocateDirect(LENGTH), 0, how -> {});
    return null;
  }

  /** One thread asks for all results, and may itself be waiting at the gate for another one. */
  @Test
  void aPauseDoesNotWaitForAResultToBeAskedFor() throws Exception {
    CompletionProbe read = begin(device);
    below.release();
    below.awaitCompletions();
    pause().get(60, TimeUnit.SECONDS);
    gate.resume();
    read.join();
  }

  @Test
  void aRequestIsNotRepeatedBelowDuringAPauseNorPausedWhileItIs() throws Exception {
    CountDownLatch repeating = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    AtomicInteger reads = new AtomicInteger();
    disk.hook =
        (operation, offset, length, flags) -> {
          if (!operation.equals("read")) {
            return;
          }
          if (reads.getAndIncrement() == 0) {
            throw new IOException("planted");
          }
          repeating.countDown();
          try {
            assertThat(goOn.await(60, TimeUnit.SECONDS)).isTrue();
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
      CompletionProbe read = begin(retried);
      first.release();
      first.awaitCompletions();
      pause().get(60, TimeUnit.SECONDS);
      FutureTask<Void> asking =
          untilItWaits(
              () -> {
                read.join();
                return null;
              });
      assertThat(asking).isNotDone();
      assertThat(disk.calls).as("calls during a pause").hasSize(1);
      gate.resume();
      assertThat(repeating.await(60, TimeUnit.SECONDS)).isTrue();
      FutureTask<Void> paused = pause();
      assertThat(paused).as("paused while a read is repeated").isNotDone();
      goOn.countDown();
      paused.get(60, TimeUnit.SECONDS);
      asking.get(60, TimeUnit.SECONDS);
      assertThat(disk.calls).hasSize(2);
      gate.resume();
    }
  }
}
