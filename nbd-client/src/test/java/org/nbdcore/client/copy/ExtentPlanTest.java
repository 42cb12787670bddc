package org.nbdcore.client.copy;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class ExtentPlanTest {

  private static final int SIZE = 20_000;

  /** A source with random runs of data and zeroes, which reports extents of random lengths. */
  private static final class Zebra implements CopySource {
    final boolean[] zero = new boolean[SIZE];
    final Random random;

    Zebra(long seed) {
      random = new Random(seed);
      for (int at = 0; at < SIZE; ) {
        int end = Math.min(SIZE, at + 1 + random.nextInt(random.nextBoolean() ? 20 : 3000));
        boolean isZero = random.nextBoolean();
        for (; at < end; at++) {
          zero[at] = isZero;
        }
      }
    }

    @Override
    public long size() {
      return SIZE;
    }

    @Override
    public int alignment() {
      return 1;
    }

    @Override
    public int maximumRequest() {
      return SIZE;
    }

    @Override
    public void read(int worker, ByteBuffer dst, long offset) {
      throw new UnsupportedOperationException();
    }

    @Override
    public boolean hasExtents() {
      return true;
    }

    @Override
    public void extents(long offset, long length, CopyExtentSink sink) {
      int at = (int) offset;
      int stop = at + 1 + random.nextInt(5000);
      while (at < Math.min(SIZE, stop)) {
        int end = at;
        // Adjacent extents may be of one kind.
        int limit = at + 1 + random.nextInt(2000);
        while (end < Math.min(SIZE, limit) && zero[end] == zero[at]) {
          end++;
        }
        sink.extent(at, end - at, zero[at]);
        at = end;
      }
    }

    @Override
    public void close() {}
  }

  @Test
  void chunksAreContiguousAndAlignedAndZeroChunksAreZeroes() throws Exception {
    for (long seed = 0; seed < 300; seed++) {
      Zebra source = new Zebra(seed);
      int unit = 1 << source.random.nextInt(10);
      int requestSize = unit * (1 + source.random.nextInt(8));
      ExtentPlan plan = new ExtentPlan(source, unit, requestSize, true);
      CopyChunk chunk = new CopyChunk(requestSize);
      long next = 0;
      long zeroes = 0;
      while (plan.next(chunk)) {
        String what = "seed " + seed + ", unit " + unit + ", piece at " + chunk.offset;
        assertThat(chunk.offset).as(what).isEqualTo(next);
        assertThat(chunk.length).as(what).isPositive();
        assertThat(chunk.offset % unit).as(what).isZero();
        next += chunk.length;
        assertThat(next == SIZE || next % unit == 0).as(what).isTrue();
        if (chunk.zero) {
          zeroes += chunk.length;
          for (long at = chunk.offset; at < next; at++) {
            assertThat(source.zero[(int) at]).as(what).isTrue();
          }
        } else {
          assertThat(chunk.length).as(what).isLessThanOrEqualTo(requestSize);
        }
      }
      assertThat(next).as("seed %d", seed).isEqualTo(SIZE);
      if (unit == 1) {
        assertThat(zeroes).as("seed %d", seed).isEqualTo(countZeroes(source));
      }
    }
  }

  private static long countZeroes(Zebra source) {
    long count = 0;
    for (boolean zero : source.zero) {
      count += zero ? 1 : 0;
    }
    return count;
  }

  @Test
  void withoutExtentsEverythingIsData() throws Exception {
    ExtentPlan plan = new ExtentPlan(new Zebra(1), 1, SIZE, false);
    CopyChunk chunk = new CopyChunk(SIZE);
    assertThat(plan.next(chunk)).isTrue();
    assertThat(chunk.length).isEqualTo(SIZE);
    assertThat(chunk.zero).isFalse();
    assertThat(plan.next(chunk)).isFalse();
  }
}
