package org.nbdcore.plugin.vddk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.nbdcore.plugin.vddk.Disks.write;
import static org.nbdcore.testkit.DiskContents.read;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nbdcore.spi.AsyncResult;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.CompletionHandler;
import org.nbdcore.spi.Flags;
import org.nbdcore.spi.NbdException;
import org.nbdcore.spi.helpers.BlockDevices;

/** Asynchronous requests of a VDDK that completes them in the background. */
@Tag("newest")
class AsynchronousTest {

  private static final int SIZE = 8 << 20;
  private static final long SEED = 11;

  @TempDir Path folder;
  private Path disk;
  private byte[] content;
  private FakeVddk fake;

  @BeforeEach
  void createDisk() throws Exception {
    disk = folder.resolve("disk.vmdk");
    content = Disks.random(disk, SIZE, SEED);
    fake = FakeVddk.in(folder).set("async", "thread");
  }

  private static AsyncResult result(CompletableFuture<AsyncResult> future) throws Exception {
    return future.get(30, TimeUnit.SECONDS);
  }

  @Test
  void asyncIsPreferredAfterARequestCompletedInTheBackground() throws Exception {
    try (VddkSession session = VddkSession.start(fake, "file=" + disk)) {
      BlockDevice device = session.openReadOnly();
      assertThat(BlockDevices.prefersAsync(device)).isFalse();
      assertThat(BlockDevices.readAsync(device, ByteBuffer.allocateDirect(512), 0, result -> {}))
          .isFalse();
      read(device, 0, 512);
      assertThat(BlockDevices.prefersAsync(device)).isTrue();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"inline", "wait", "refuse", "sync"})
  void asyncIsNotPreferredIfVddkCompletesRequestsInItsCalls(String mode) throws Exception {
    fake.set("async", mode);
    try (VddkSession session = VddkSession.start(fake, "file=" + disk)) {
      BlockDevice device = session.openReadOnly();
      for (int i = 0; i < 3; i++) {
        assertThat(read(device, 0, 512)).isEqualTo(Arrays.copyOf(content, 512));
        assertThat(BlockDevices.prefersAsync(device)).isFalse();
      }
    }
  }

  /** If no other call followed, an asynchronous request would never complete. */
  @Test
  void asyncIsNotPreferredIfRequestsCompleteInLaterCalls() throws Exception {
    try (VddkSession session = VddkSession.start(fake.set("async", "next"), "file=" + disk)) {
      BlockDevice device = session.openReadOnly();
      CompletableFuture<byte[]> other = new CompletableFuture<>();
      new Thread(
              () -> {
                try {
                  other.complete(read(device, 0, 512));
                } catch (IOException | RuntimeException e) {
                  other.completeExceptionally(e);
                }
              })
          .start();
      for (int i = 0; i < 10_000 && fake.calls("ReadAsync").isEmpty(); i++) {
        LockSupport.parkNanos(1_000_000);
      }
      assertThat(read(device, 512, 512)).isEqualTo(Arrays.copyOfRange(content, 512, 1024));
      assertThat(other.get(30, TimeUnit.SECONDS)).isEqualTo(Arrays.copyOf(content, 512));
      assertThat(BlockDevices.prefersAsync(device)).isFalse();
    }
  }

  @Test
  void failingWaitIsNotRetriedInABusyLoop() throws Exception {
    try (VddkSession session = VddkSession.start(fake.set("async", "wait"), "file=" + disk)) {
      BlockDevice device = session.openReadOnly();
      read(device, 0, 512); // ends in Wait, as those that follow will
      int before = fake.calls("Wait").size();
      fake.set("fail.Wait", 1);
      CompletableFuture<byte[]> data = new CompletableFuture<>();
      Thread reader =
          new Thread(
              () -> {
                try {
                  data.complete(read(device, 512, 512));
                } catch (IOException | RuntimeException e) {
                  data.completeExceptionally(e);
                }
              });
      reader.start();
      reader.join(1000);
      fake.unset("fail.Wait");
      assertThat(data.get(30, TimeUnit.SECONDS)).isEqualTo(Arrays.copyOfRange(content, 512, 1024));
      assertThat(fake.calls("Wait").size() - before).isBetween(1, 1000);
    }
  }

  /**
   * When VDDK returns from the call, the {@link AsyncCall} may already be in use for another
   * request.
   */
  @Test
  void requestCompletesOnceIfVddkCallsBackAndReturnsSuccess() throws Exception {
    try (VddkSession session = VddkSession.start(fake, "file=" + disk)) {
      BlockDevice device = session.openReadOnly();
      read(device, 0, 512);
      fake.set("async", "both");
      AtomicReference<AsyncCall> usedAgain = new AtomicReference<>();
      CompletableFuture<AsyncResult> end = new CompletableFuture<>();
      CompletionHandler completion =
          result -> {
            check(result);
            AsyncCall again = AsyncCalls.take();
            again.arm(null, 512);
            usedAgain.set(again);
            end.complete(result);
          };
      assertThat(BlockDevices.readAsync(device, ByteBuffer.allocateDirect(512), 0, completion))
          .isTrue();
      assertThat(result(end)).isSameAs(usedAgain.get());
      assertThat(usedAgain.get().done()).isFalse();
      AsyncCalls.release(usedAgain.get());
      assertThat(read(device, 0, 512)).isEqualTo(Arrays.copyOf(content, 512));
    }
  }

  private static void check(AsyncResult result) {
    try {
      result.join();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void asyncReadsAndWritesMayCompleteInAnyOrder() throws Exception {
    fake.set("async.order", "random").set("async.delay", 300);
    try (VddkSession session = VddkSession.start(fake, "file=" + disk)) {
      BlockDevice device = session.openWritable();
      read(device, 0, 512);
      int part = SIZE / 64;
      List<CompletableFuture<AsyncResult>> ends = new ArrayList<>();
      List<ByteBuffer> buffers = new ArrayList<>();
      Random random = new Random(SEED);
      for (int i = 0; i < 64; i++) {
        ByteBuffer buffer = ByteBuffer.allocateDirect(part + 512).position(512);
        CompletableFuture<AsyncResult> end = new CompletableFuture<>();
        if (i % 2 == 0) {
          byte[] bytes = new byte[part];
          random.nextBytes(bytes);
          System.arraycopy(bytes, 0, content, i * part, part);
          buffer.put(bytes).position(512);
          assertThat(
                  BlockDevices.writeAsync(
                      device, buffer, (long) i * part, Flags.NONE, end::complete))
              .isTrue();
        } else {
          assertThat(BlockDevices.readAsync(device, buffer, (long) i * part, end::complete))
              .isTrue();
        }
        ends.add(end);
        buffers.add(buffer);
      }
      for (int i = 0; i < 64; i++) {
        result(ends.get(i)).join();
        byte[] moved = new byte[part];
        buffers.get(i).get(512, moved);
        assertThat(moved)
            .as("part %d", i)
            .isEqualTo(Arrays.copyOfRange(content, i * part, (i + 1) * part));
      }
    }
    assertThat(Files.readAllBytes(disk)).isEqualTo(content);
  }

  @Test
  void asyncReadFailsWithVddksError() throws Exception {
    fake.set("fail.ReadAsync", 7).set("fail.ReadAsync.at", 2);
    try (VddkSession session = VddkSession.start(fake, "file=" + disk)) {
      BlockDevice device = session.openReadOnly();
      read(device, 0, 512);
      CompletableFuture<AsyncResult> end = new CompletableFuture<>();
      ByteBuffer buffer = ByteBuffer.allocateDirect(512);
      assertThat(BlockDevices.readAsync(device, buffer, 0, end::complete)).isTrue();
      assertThatThrownBy(() -> result(end).join())
          .isInstanceOf(NbdException.class)
          .hasMessageContaining("VixDiskLib_ReadAsync")
          .hasMessageContaining("error 7");
      assertThat(read(device, 0, 512)).isEqualTo(Arrays.copyOf(content, 512));
    }
  }

  @Test
  void asyncRequestIsDeclinedIfItNeedsSeveralCallsOrWouldBlock() throws Exception {
    fake.set("async.delay", 200_000);
    try (VddkSession session =
        VddkSession.start(fake, "file=" + disk, "in-flight=1M", "max-request=512k")) {
      BlockDevice device = session.openWritable();
      read(device, 0, 512);
      ByteBuffer large = ByteBuffer.allocateDirect(1 << 20);
      assertThat(BlockDevices.readAsync(device, large, 0, result -> {})).isFalse();
      assertThat(BlockDevices.readAsync(device, ByteBuffer.allocate(512), 0, result -> {}))
          .isFalse();
      ByteBuffer small = ByteBuffer.allocateDirect(512);
      assertThat(BlockDevices.writeAsync(device, small, 0, Flags.FUA, result -> {})).isFalse();

      List<CompletableFuture<AsyncResult>> ends = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        CompletableFuture<AsyncResult> end = new CompletableFuture<>();
        ByteBuffer half = ByteBuffer.allocateDirect(512 << 10);
        boolean fits = i < 2;
        assertThat(BlockDevices.readAsync(device, half, 0, end::complete)).isEqualTo(fits);
        if (fits) {
          ends.add(end);
        }
      }
      for (CompletableFuture<AsyncResult> end : ends) {
        result(end).join();
      }
      write(device, 0, Arrays.copyOf(content, 512), Flags.NONE); // all bytes in flight are released
    }
  }

  @Test
  void asyncRequestIsDeclinedWhileAnotherCallUsesTheHandle() throws Exception {
    fake.set("latency.Flush", 1_500_000);
    try (VddkSession session = VddkSession.start(fake, "file=" + disk)) {
      BlockDevice device = session.openWritable();
      read(device, 0, 512);
      CompletableFuture<Void> flush = CompletableFuture.runAsync(() -> flush(device));
      boolean refused = false;
      while (!refused && !flush.isDone()) {
        CompletableFuture<AsyncResult> end = new CompletableFuture<>();
        refused = !BlockDevices.readAsync(device, ByteBuffer.allocateDirect(512), 0, end::complete);
        if (!refused) {
          result(end).join();
        }
      }
      assertThat(refused).isTrue();
      assertThat(flush).isNotDone(); // the read did not wait for the flush
      flush.get(30, TimeUnit.SECONDS);
    }
  }

  private static void flush(BlockDevice device) {
    try {
      device.flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
