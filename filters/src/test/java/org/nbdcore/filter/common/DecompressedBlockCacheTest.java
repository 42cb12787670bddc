package org.nbdcore.filter.common;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.NbdError;
import org.nbdcore.spi.NbdException;

@Timeout(value = 120, unit = TimeUnit.SECONDS)
@Tag("newest")
final class DecompressedBlockCacheTest {

  private static final int THREADS = 6;

  private final AtomicInteger decompressed = new AtomicInteger();
  private final AtomicInteger concurrent = new AtomicInteger();
  private final AtomicInteger maxConcurrent = new AtomicInteger();
  private volatile int failures;
  private volatile Error error;
  private volatile Runnable during = Thread::yield;

  /** Blocks of 1, 2, 3, ... bytes, each holding its number. */
  private final class Numbered extends CompressedBlocks {
    private Numbered() {
      super(new long[] {0, 1, 3, 6, 10, 15, 21});
    }

    @Override
    protected byte[] unpack(BlockDevice from, int block) throws IOException {
      maxConcurrent.accumulateAndGet(concurrent.incrementAndGet(), Math::max);
      try {
        during.run();
        decompressed.incrementAndGet();
        if (error != null) {
          throw error;
        }
        if (failures > 0) {
          failures--;
          throw new IOException("planted");
        }
        return Chains.bytes(block, length(block));
      } finally {
        concurrent.decrementAndGet();
      }
    }
  }

  private DecompressedBlockCache cacheOf(int maxBlocks) {
    return new DecompressedBlockCache(new Numbered(), maxBlocks);
  }

  @Test
  void offsetsMapToTheirBlocks() {
    CompressedBlocks packed = new Numbered();
    assertThat(packed.size()).isEqualTo(21);
    int[] blocks = new int[21];
    for (int i = 0; i < 21; i++) {
      blocks[i] = packed.blockOf(i);
    }
    assertThat(blocks)
        .containsExactly(0, 1, 1, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 4, 5, 5, 5, 5, 5, 5);
    assertThat(packed.start(5)).isEqualTo(15);
    assertThat(packed.length(5)).isEqualTo(6);
  }

  @Test
  void mostRecentlyUsedBlocksAreKept() throws Exception {
    DecompressedBlockCache blocks = cacheOf(2);
    for (int block : new int[] {0, 1, 0, 0, 1}) {
      assertThat(blocks.get(block, null)).isEqualTo(Chains.bytes(block, block + 1));
    }
    assertThat(decompressed).hasValue(2);
    blocks.get(2, null); // replaces block 0
    blocks.get(1, null);
    assertThat(decompressed).hasValue(3);
    blocks.get(0, null);
    assertThat(decompressed).hasValue(4);
  }

  @Test
  void failureIsNotCached() throws Exception {
    DecompressedBlockCache blocks = cacheOf(1);
    failures = 1;
    assertThatThrownBy(() -> blocks.get(3, null)).hasMessage("planted");
    assertThat(blocks.get(3, null)).containsExactly(3, 3, 3, 3);
    assertThat(blocks.get(2, null)).containsExactly(2, 2, 2);
  }

  @Test
  void outOfMemoryIsReportedWithAdvice() throws Exception {
    DecompressedBlockCache blocks = cacheOf(1);
    error = new OutOfMemoryError();
    assertThatThrownBy(() -> blocks.get(3, null))
        .isInstanceOfSatisfying(
            NbdException.class, e -> assertThat(e.error()).isEqualTo(NbdError.ENOMEM))
        .hasMessageStartingWith("there is no memory for a block of 4 bytes: pack the file");
    error = null;
    assertThat(blocks.get(3, null)).hasSize(4);
  }

  @Test
  void secondReaderWaitsForABlockBeingDecompressed() throws Exception {
    DecompressedBlockCache blocks = cacheOf(4);
    byte[][] got = new byte[1][];
    Thread second =
        new Thread(
            () -> {
              try {
                got[0] = blocks.get(3, null);
              } catch (IOException e) {
                throw new AssertionError(e);
              }
            });
    during =
        () -> {
          if (decompressed.get() == 0) { // the first thread starts the second one here
            second.start();
            while (second.getState() != Thread.State.WAITING && second.isAlive()) {
              Thread.yield();
            }
          }
        };
    byte[] first = blocks.get(3, null);
    second.join();
    assertThat(got[0]).isSameAs(first);
    assertThat(decompressed).hasValue(1);
  }

  @Test
  void blocksReadByAllThreadsAreDecompressedOnce() throws Exception {
    DecompressedBlockCache blocks = cacheOf(6);
    CyclicBarrier together = new CyclicBarrier(THREADS);
    inThreads(
        thread -> {
          for (int block = 0; block < 6; block++) {
            together.await();
            assertThat(blocks.get(block, null)).hasSize(block + 1);
          }
        });
    assertThat(decompressed).hasValue(6);
  }

  @Test
  void concurrentDecompressionsAreLimitedToTheCacheSize() throws Exception {
    DecompressedBlockCache blocks = cacheOf(2);
    failures = 20;
    inThreads(
        thread -> {
          Random random = new Random(thread);
          for (int i = 0; i < 500; i++) {
            int block = random.nextInt(6);
            try {
              assertThat(blocks.get(block, null)).isEqualTo(Chains.bytes(block, block + 1));
            } catch (IOException e) {
              assertThat(e).hasMessage("planted");
            }
          }
        });
    assertThat(maxConcurrent).hasValueLessThanOrEqualTo(2);
  }

  private interface Body {
    void run(int thread) throws Exception;
  }

  private static void inThreads(Body body) throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(THREADS);
    try {
      List<Future<?>> all = new ArrayList<>();
      for (int i = 0; i < THREADS; i++) {
        int thread = i;
        all.add(
            threads.submit(
                () -> {
                  body.run(thread);
                  return null;
                }));
      }
      for (Future<?> one : all) {
        one.get();
      }
    } finally {
      threads.shutdownNow();
    }
  }
}
