package org.nbdcore.filter.common;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.nbdcore.filter.common.TestThreads.await;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.nbdcore.filter.blocksizepolicy.BlocksizePolicyFilterProvider;
import org.nbdcore.filter.fua.FuaFilterProvider;
import org.nbdcore.filter.readahead.ReadaheadFilterProvider;
import org.nbdcore.filter.readonly.ReadonlyFilterProvider;
import org.nbdcore.filter.scan.ScanFilterProvider;
import org.nbdcore.filter.timelimit.TimeLimitFilterProvider;
import org.nbdcore.filter.truncate.TruncateFilterProvider;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.Filter;
import org.nbdcore.spi.FilterProvider;
import org.nbdcore.spi.Flags;
import org.nbdcore.spi.NbdError;
import org.nbdcore.spi.NbdException;
import org.nbdcore.spi.OpenRequest;
import org.nbdcore.spi.StartContext;
import org.nbdcore.spi.helpers.BlockDevices;
import org.nbdcore.testkit.CompletionProbe;
import org.nbdcore.testkit.SimulatedAsyncDevice;
import org.nbdcore.testkit.TestSession;

/** Filters apply their rules to asynchronous requests too. */
@Timeout(60)
final class AsyncRulesTest {

  private static final int LENGTH = 4096;
  private static final int SIZE = 1 << 20;

  @TempDir private Path folder;

  private final ModelDisk disk = new ModelDisk(SIZE).fill(1);
  private final TestSession session = new TestSession();
  private SimulatedAsyncDevice below;
  private Filter filter;
  private BlockDevice device;

  private void open(FilterProvider provider, String... pairs) throws IOException {
    below = new SimulatedAsyncDevice(disk.open(OpenRequest.detached("", false)), 1);
    below.hold();
    filter = Chains.filter(provider, pairs);
    filter.start(disk, StartContext.NONE);
    device = filter.open(session.request(""), request -> below);
    assertThat(BlockDevices.prefersAsync(device)).isTrue();
  }

  @AfterEach
  void close() throws IOException {
    device.close();
    filter.close();
    assertThat(disk.breaches).isEmpty();
  }

  private boolean readAsync(long offset, int length) throws IOException {
    return BlockDevices.readAsync(
        device, ByteBuffer.allocateDirect(length), offset, new CompletionProbe());
  }

  private boolean writeAsync(long offset, int length, Flags flags) throws IOException {
    return BlockDevices.writeAsync(
        device, ByteBuffer.allocateDirect(length), offset, flags, new CompletionProbe());
  }

  /** Lets asynchronous requests complete. */
  private List<String> completeRequests() throws InterruptedException {
    below.release();
    below.awaitCompletions();
    return disk.drainCalls();
  }

  private void assertRefused(NbdError error, Throwable failure) {
    assertThat(failure)
        .isInstanceOfSatisfying(NbdException.class, e -> assertThat(e.error()).isEqualTo(error));
    assertThat(below.inFlight()).isZero();
  }

  @Test
  void truncateDeclinesAsynchronousRequestsBeyondTheDiskBelow() throws Exception {
    open(new TruncateFilterProvider(), "truncate=2M");
    for (long at : new long[] {SIZE - LENGTH / 2, SIZE, SIZE + LENGTH}) {
      assertThat(readAsync(at, LENGTH)).as("read at %d", at).isFalse();
      assertThat(writeAsync(at, LENGTH, Flags.NONE)).as("write at %d", at).isFalse();
    }
    assertThat(readAsync(SIZE - LENGTH, LENGTH)).isTrue();
    assertThat(writeAsync(SIZE - LENGTH, LENGTH, Flags.NONE)).isTrue();
    assertThat(completeRequests()).hasSize(2);
  }

  @Test
  void fuaFilterDiscardsOrForcesFua() throws Exception {
    open(new FuaFilterProvider(), "fua-mode=discard");
    assertThat(writeAsync(0, LENGTH, Flags.FUA)).isTrue();
    assertThat(completeRequests()).containsExactly("write 0+4096");
    close();
    open(new FuaFilterProvider(), "fua-mode=force");
    assertThat(writeAsync(0, LENGTH, Flags.NONE)).isTrue();
    assertThat(completeRequests()).containsExactly("write 0+4096 flags=" + Flags.FUA);
  }

  @Test
  void blocksizePolicyChecksAsyncRequests() throws Exception {
    open(
        new BlocksizePolicyFilterProvider(),
        "blocksize-minimum=4096",
        "blocksize-maximum=64K",
        "blocksize-error-policy=error",
        "blocksize-write-disconnect=128K");
    assertRefused(NbdError.EINVAL, catchThrowable(() -> readAsync(512, LENGTH)));
    assertRefused(NbdError.EINVAL, catchThrowable(() -> writeAsync(512, LENGTH, Flags.NONE)));
    assertRefused(NbdError.EINVAL, catchThrowable(() -> readAsync(0, 128 << 10)));
    assertThat(session.connected()).isTrue();
    assertRefused(NbdError.ESHUTDOWN, catchThrowable(() -> writeAsync(0, 132 << 10, Flags.NONE)));
    assertThat(session.connected()).isFalse();
  }

  @Test
  void timeLimitRefusesAsyncRequests() throws Exception {
    open(new TimeLimitFilterProvider(), "time-limit=1ns");
    assertRefused(NbdError.ESHUTDOWN, catchThrowable(() -> readAsync(0, LENGTH)));
    assertRefused(NbdError.ESHUTDOWN, catchThrowable(() -> writeAsync(0, LENGTH, Flags.NONE)));
    assertThat(session.connected()).isFalse();
  }

  @Test
  void readonlyRefusesAsyncWritesWhileItsFileExists() throws Exception {
    Path file = Files.createFile(folder.resolve("file"));
    open(new ReadonlyFilterProvider(), "readonly-file=" + file);
    assertRefused(NbdError.EPERM, catchThrowable(() -> writeAsync(0, LENGTH, Flags.NONE)));
    Files.delete(file);
    assertThat(writeAsync(0, LENGTH, Flags.NONE)).isTrue();
    assertThat(completeRequests()).hasSize(1);
  }

  @Test
  void scanContinuesBehindAsynchronousReads() throws Exception {
    CountDownLatch resume = new CountDownLatch(1);
    disk.hook =
        (operation, offset, length, flags) -> {
          if (operation.equals("cache") && offset == 0) {
            await(resume);
          }
        };
    open(new ScanFilterProvider(), "scan-size=4K");
    awaitCall("cache 0+4096");
    assertThat(readAsync(SIZE - 2 * LENGTH, LENGTH)).isTrue();
    resume.countDown();
    awaitCall("cache " + (SIZE - LENGTH) + "+" + LENGTH);
    assertThat(completeRequests()).doesNotContain("cache 4096+4096");
  }

  @Test
  void readaheadSendsCacheRequestsAfterAsynchronousReads() throws Exception {
    open(new ReadaheadFilterProvider());
    assertThat(readAsync(0, LENGTH)).isTrue();
    assertThat(readAsync(LENGTH, LENGTH)).isTrue();
    awaitCall("cache " + 2 * LENGTH + "+" + (SIZE - 2 * LENGTH));
    completeRequests();
  }

  private void awaitCall(String call) {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (!disk.calls.contains(call)) {
      assertThat(System.nanoTime()).as("waiting for " + call).isLessThan(end);
      Thread.onSpinWait();
    }
  }
}
