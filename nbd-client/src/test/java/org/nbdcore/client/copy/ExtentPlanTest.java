package org.nbdcore.client.copy;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class ExtentPlanTest {

  private static final int SIZE = 20_000;

  /** A source of which each byte is zero or not, that answers about as much as it likes. */
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
        int most = at + 1 + random.nextInt(2000);
        while (end < Math.min(SIZE, most) && zero[end] == zero[at]) {
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
  void piecesFollowEachOtherOnWholeBlocksAndZeroesAreZero() throws Exception {
    for (long seed = 0; seed < 300; seed++) {
      Zebra source = new Zebra(seed);
      int unit = 1 << source.random.nextInt(10);
      int requestSize = unit * (1 + source.random.nextInt(8));
      ExtentPlan plan = new ExtentPlan(source, unit, requestSize, true);
      CopyChunk piece = new CopyChunk(requestSize);
      long next = 0;
      long zeroes = 0;
      while (plan.next(piece)) {
        String what = "seed " + seed + ", unit " + unit + ", piece at " + piece.offset;
        assertThat(piece.offset).as(what).isEqualTo(next);
        assertThat(piece.length).as(what).isPositive();
        assertThat(piece.offset % unit).as(what).isZero();
        next += piece.length;
        assertThat(next == SIZE || next % unit == 0).as(what).isTrue();
        if (piece.zero) {
          zeroes += piece.length;
          for (long at = piece.offset; at < next; at++) {
            assertThat(source.zero[(int) at]).as(what).isTrue();
          }
        } else {
          assertThat(piece.length).as(what).isLessThanOrEqualTo(requestSize);
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
    CopyChunk piece = new CopyChunk(SIZE);
    assertThat(plan.next(piece)).isTrue();
    assertThat(piece.length).isEqualTo(SIZE);
    assertThat(piece.zero).isFalse();
    assertThat(plan.next(piece)).isFalse();
  }
}
