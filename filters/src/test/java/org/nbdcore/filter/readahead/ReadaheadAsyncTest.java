package org.nbdcore.filter.readahead;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.nbdcore.filter.common.Chains.bytes;
import static org.nbdcore.filter.common.Chains.read;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.nbdcore.filter.common.ModelDisk;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.CompletionHandler;
import org.nbdcore.spi.Flags;
import org.nbdcore.spi.OpenRequest;
import org.nbdcore.spi.PassThroughDevice;
import org.nbdcore.spi.helpers.BlockDevices;
import org.nbdcore.spi.helpers.PerExport;
import org.nbdcore.testkit.CompletionProbe;
import org.nbdcore.testkit.SimulatedAsyncDevice;

/** Readahead above an asynchronous disk; prefetches run at once. */
@Timeout(60)
final class ReadaheadAsyncTest {

  private static final int CHUNK = 4096;
  private static final int PART = 512;
  private static final int SIZE = 16 * CHUNK;

  private final ModelDisk disk = new ModelDisk(SIZE).fill(1);
  private final ReadaheadMemory memory = new ReadaheadMemory(CHUNK, 8);
  private final PerExport<ReadaheadCache> caches = new PerExport<>();
  private final SimulatedAsyncDevice below;

  ReadaheadAsyncTest() throws IOException {
    below = new SimulatedAsyncDevice(disk.open(OpenRequest.detached("", false)), 1);
    below.hold();
  }

  @AfterEach
  void closeAndAssertNoBreaches() throws IOException {
    below.close();
    assertThat(disk.breaches).isEmpty();
  }

  private BlockDevice open(String export, BlockDevice next) throws IOException {
    ReadaheadCache cache =
        caches.acquire(
            export, () -> new ReadaheadCache(memory, new ReadaheadCounters(), CHUNK, SIZE));
    return new ReadaheadDevice(next, export, cache, caches, memory, Runnable::run);
  }

  private static CompletionProbe startRead(BlockDevice device, int offset) throws IOException {
    CompletionProbe read = new CompletionProbe();
    assertThat(BlockDevices.readAsync(device, ByteBuffer.allocateDirect(PART), offset, read))
        .isTrue();
    return read;
  }

  private static ByteBuffer data(int value) {
    return ByteBuffer.allocateDirect(PART).put(bytes(value, PART)).flip();
  }

  /** Reads in order, so that the second chunk and the next ones are prefetched. */
  private void fetch(BlockDevice device) throws IOException {
    read(device, 0, PART);
    read(device, PART, PART);
    assertThat(disk.drainCalls()).contains("read " + CHUNK + "+" + CHUNK);
  }

  @Test
  void sequentialAsyncReadsArePrefetched() throws Exception {
    BlockDevice device = open("", below);
    assertThat(BlockDevices.prefersAsync(device)).isTrue();
    CompletionProbe first = startRead(device, 0);
    assertThat(disk.drainCalls()).isEmpty();
    assertThat(BlockDevices.prefersAsync(device)).isTrue();
    CompletionProbe second = startRead(device, PART);
    assertThat(disk.drainCalls()).contains("read " + CHUNK + "+" + CHUNK);
    for (int at : new int[] {CHUNK, CHUNK - PART / 2, 2 * CHUNK - PART}) {
      assertThat(BlockDevices.readAsync(device, ByteBuffer.allocateDirect(PART), at, result -> {}))
          .as("at %d", at)
          .isFalse();
    }
    assertThat(read(device, CHUNK, PART))
        .isEqualTo(Arrays.copyOfRange(disk.bytes, CHUNK, CHUNK + PART));
    assertThat(disk.drainCalls()).noneMatch(call -> call.endsWith("+" + PART));
    below.release();
    first.join();
    second.join();
  }

  @Test
  void asyncIsNotPreferredIfAllReadsArePrefetched() throws Exception {
    BlockDevice device = open("", below);
    fetch(device);
    for (int i = 0; i < 20; i++) {
      assertThat(BlockDevices.prefersAsync(device)).as("after %d reads", i).isEqualTo(i < 8);
      read(device, CHUNK + i, 10);
    }
    for (int i = 0; i < 3; i++) {
      assertThat(BlockDevices.prefersAsync(device)).as("after %d others", i).isFalse();
      read(device, 14 * CHUNK, PART);
    }
    assertThat(BlockDevices.prefersAsync(device)).isTrue();
    below.release();
  }

  @Test
  void asyncStaysPreferredIfOneOfFourReadsIsNotPrefetched() throws Exception {
    BlockDevice device = open("", below);
    fetch(device);
    List<CompletionProbe> started = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      assertThat(BlockDevices.prefersAsync(device)).isTrue();
      if (i % 4 == 0) {
        started.add(startRead(device, (i % 8 + 6) * CHUNK));
      } else {
        read(device, CHUNK + i, 10);
      }
    }
    below.release();
    for (CompletionProbe read : started) {
      read.join();
    }
  }

  @Test
  void declinedAsyncReadIsCountedOnce() throws Exception {
    BlockDevice device =
        open(
            "",
            new PassThroughDevice(below) {
              @Override
              public boolean readAsync(ByteBuffer dst, long offset, CompletionHandler completion) {
                return false;
              }
            });
    for (int at = 0; at < 2 * PART; at += PART) {
      assertThat(BlockDevices.readAsync(device, ByteBuffer.allocateDirect(PART), at, result -> {}))
          .isFalse();
      assertThat(disk.drainCalls()).as("fetched before the read").isEmpty();
      read(device, at, PART);
      assertThat(disk.drainCalls()).as("reads at %d", at).hasSize(at == 0 ? 1 : 3);
    }
  }

  @Test
  void completedWriteIsVisibleToReadersOfAllExports() throws Exception {
    BlockDevice writer = open("alias", below);
    BlockDevice reader = open("", below);
    fetch(reader);
    CompletionProbe write = new CompletionProbe();
    assertThat(BlockDevices.writeAsync(writer, data(9), CHUNK, Flags.NONE, write)).isTrue();
    below.release();
    write.join();
    assertThat(read(reader, CHUNK, PART)).containsOnly(9);
  }

  @Test
  void dataPrefetchedDuringAWriteIsDiscarded() throws Exception {
    BlockDevice device = open("", below);
    CompletionProbe write = new CompletionProbe();
    assertThat(BlockDevices.writeAsync(device, data(9), CHUNK, Flags.NONE, write)).isTrue();
    fetch(device);
    below.release();
    write.join();
    assertThat(read(device, CHUNK, PART)).containsOnly(9);
  }

  @Test
  void failedAsyncWriteInvalidatesPrefetchedData() throws Exception {
    BlockDevice device = open("", below);
    fetch(device);
    disk.afterwards =
        (operation, offset, length, flags) -> {
          if (operation.equals("write")) {
            throw new IOException("planted when all was written");
          }
        };
    CompletionProbe write = new CompletionProbe();
    assertThat(BlockDevices.writeAsync(device, data(9), CHUNK, Flags.NONE, write)).isTrue();
    below.release();
    assertThat(catchThrowable(write::join)).hasMessageContaining("planted");
    assertThat(read(device, CHUNK, PART)).containsOnly(9);
  }

  @Test
  void asyncWriteThatFailsAtOnceInvalidatesPrefetchedData() throws Exception {
    BlockDevice device =
        open(
            "",
            new PassThroughDevice(below) {
              @Override
              public boolean writeAsync(
                  ByteBuffer src, long offset, Flags flags, CompletionHandler completion)
                  throws IOException {
                next.write(src, offset, flags);
                throw new IOException("planted when all was written");
              }
            });
    fetch(device);
    assertThat(
            catchThrowable(
                () -> BlockDevices.writeAsync(device, data(9), CHUNK, Flags.NONE, result -> {})))
        .hasMessageContaining("planted");
    assertThat(read(device, CHUNK, PART)).containsOnly(9);
  }
}
