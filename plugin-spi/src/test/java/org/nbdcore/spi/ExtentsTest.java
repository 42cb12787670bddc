package org.nbdcore.spi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.nbdcore.spi.ExtentSink.DATA;
import static org.nbdcore.spi.ExtentSink.HOLE;
import static org.nbdcore.spi.ExtentSink.ZERO;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class ExtentsTest {

  static long[] seeds() {
    long[] seeds = new long[200];
    for (int i = 0; i < seeds.length; i++) {
      seeds[i] = i;
    }
    return seeds;
  }

  private static String show(Extents extents) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < extents.size(); i++) {
      text.append(extents.length(i)).append(':').append(extents.type(i)).append(' ');
    }
    return text.toString().strip();
  }

  @Test
  void adjacentExtentsOfOneTypeAreMerged() {
    Extents extents = new Extents(100, 50, 10);
    assertThat(extents.add(100, 10, DATA)).isTrue();
    assertThat(extents.add(110, 10, DATA)).isTrue();
    assertThat(extents.add(120, 10, HOLE)).isTrue();
    assertThat(extents.add(130, 20, HOLE | ZERO)).isFalse();
    assertThat(show(extents)).isEqualTo("20:0 10:1 20:3");
    assertThat(extents.full()).isTrue();
  }

  @Test
  void extentsAreCutToTheRequestedRange() {
    Extents extents = new Extents(100, 50, 10);
    assertThat(extents.add(0, 90, DATA)).isTrue();
    assertThat(extents.add(90, 20, HOLE)).isTrue();
    assertThat(extents.add(110, 1000, DATA)).isFalse();
    assertThat(show(extents)).isEqualTo("10:1 40:0");
    assertThat(extents.position()).isEqualTo(150);
  }

  @Test
  void lastExtentIsCutAtTheAcceptedEnd() {
    Extents extents = new Extents(100, 50, 10).acceptUntil(1000);
    assertThat(extents.add(0, 110, DATA)).isTrue();
    assertThat(extents.add(110, 39, HOLE)).isTrue();
    assertThat(extents.add(149, 5, DATA)).isFalse();
    assertThat(extents.add(154, 500, DATA)).as("another run beyond the range").isFalse();
    assertThat(show(extents)).isEqualTo("10:0 39:1 5:0");
    Extents cut = new Extents(100, 50, 10).acceptUntil(1000);
    assertThat(cut.add(100, 5000, DATA)).isFalse();
    assertThat(show(cut)).isEqualTo("900:0");
  }

  @Test
  void extentsBeyondTheLimitAreDiscarded() {
    Extents extents = new Extents(0, 100, 2);
    assertThat(extents.add(0, 10, DATA)).isTrue();
    assertThat(extents.add(10, 10, ZERO)).as("the last run may still grow").isTrue();
    assertThat(extents.add(20, 10, ZERO)).isTrue();
    assertThat(extents.add(30, 10, DATA)).isFalse();
    assertThat(extents.add(40, 60, ZERO)).isFalse();
    assertThat(show(extents)).isEqualTo("10:0 20:2");
    assertThat(extents.position()).isEqualTo(30);
  }

  @Test
  void gapBetweenExtentsIsRefused() {
    Extents extents = new Extents(100, 50, 10);
    assertThatThrownBy(() -> extents.add(101, 5, DATA))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("extent at 101 leaves a gap after 100");
  }

  @Test
  void emptyExtentChangesNothing() {
    Extents extents = new Extents(0, 10, 1);
    assertThat(extents.add(0, 0, HOLE)).isTrue();
    assertThat(extents.size()).isZero();
    assertThat(extents.position()).isZero();
  }

  @Test
  void invalidRangesAndExtentsAreRefused() {
    Class<IllegalArgumentException> refused = IllegalArgumentException.class;
    assertThatThrownBy(() -> new Extents(-1, 1, 1)).isInstanceOf(refused);
    assertThatThrownBy(() -> new Extents(0, 0, 1)).isInstanceOf(refused);
    assertThatThrownBy(() -> new Extents(1, Long.MAX_VALUE, 1)).isInstanceOf(refused);
    assertThatThrownBy(() -> new Extents(0, 1, 0)).isInstanceOf(refused);
    assertThatThrownBy(() -> new Extents(5, 10, 1).acceptUntil(14)).isInstanceOf(refused);
    Extents late = new Extents(5, 10, 2);
    late.add(5, 3, DATA);
    assertThatThrownBy(() -> late.acceptUntil(20)).isInstanceOf(IllegalStateException.class);
    Extents extents = new Extents(0, 10, 1);
    assertThatThrownBy(() -> extents.add(0, -1, DATA)).isInstanceOf(refused);
    assertThatThrownBy(() -> extents.add(1, Long.MAX_VALUE, DATA)).isInstanceOf(refused);
    assertThatThrownBy(() -> extents.length(0)).isInstanceOf(IndexOutOfBoundsException.class);
  }

  @Test
  void extentOfLongMaxValueBytesIsAccepted() {
    Extents extents = new Extents(0, Long.MAX_VALUE, 1);
    assertThat(extents.add(0, Long.MAX_VALUE, HOLE)).isFalse();
    assertThat(extents.length(0)).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void shiftedExtentThatBeginsBeforeTheRangeIsCut() {
    Extents extents = new Extents(0, 100, 10);
    ExtentSink below = extents.shifted(-4096);
    assertThat(below.add(1000, 3100, HOLE)).isTrue();
    assertThat(below.add(4100, 500, DATA)).isFalse();
    assertThat(below.full()).isTrue();
    assertThat(show(extents)).isEqualTo("4:1 96:0");
  }

  @Test
  void limitedSinkCutsExtentsAtItsEnd() {
    Extents extents = new Extents(0, 100, 10).acceptUntil(1000);
    ExtentSink below = extents.limitedTo(150).shifted(-4096);
    assertThat(below.add(4000, 100, HOLE)).isTrue();
    assertThat(below.full()).isFalse();
    assertThat(below.add(4100, 5000, DATA)).isFalse();
    assertThat(below.full()).isTrue();
    assertThat(show(extents)).isEqualTo("4:1 146:0");
    Extents more = new Extents(0, 100, 10);
    ExtentSink part = more.limitedTo(50);
    assertThat(part.add(0, 50, DATA)).as("the part is complete").isFalse();
    assertThat(part.full()).isTrue();
    assertThat(part.add(50, 10, HOLE)).isFalse();
    assertThat(more.full()).isFalse();
    assertThat(more.add(50, 50, ZERO)).isFalse();
    assertThat(show(more)).isEqualTo("50:0 50:2");
  }

  /**
   * Random extents, also outside the range and beyond the limit, against one type for each byte.
   */
  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void randomExtentsAgreeWithABytewiseModel(long seed) {
    Random random = new Random(seed);
    int[] types = new int[300];
    int offset = random.nextInt(100);
    int length = 1 + random.nextInt(100);
    int limit = 1 + random.nextInt(12);
    long delta = random.nextInt(2000) - 1000;
    long start = offset + delta < 0 ? offset : offset + delta;
    long end = start + length + (random.nextBoolean() ? random.nextInt(80) : 0);
    Extents extents = new Extents(start, length, limit).acceptUntil(end);
    long shift = start - offset;
    ExtentSink sink = shift == 0 ? extents : extents.shifted(shift);
    int at = random.nextInt(offset + 1);
    boolean more = true;
    while (at < 300 && (more || random.nextBoolean())) {
      int run = Math.min(300 - at, random.nextInt(20));
      int type = random.nextInt(4);
      java.util.Arrays.fill(types, at, at + run, type);
      more = sink.add(at, run, type);
      at += run;
    }
    check(extents, types, (int) shift, limit);
    assertThat(extents.position()).isLessThanOrEqualTo(end);
    if (extents.size() > 1) {
      long last = extents.position() - extents.length(extents.size() - 1);
      assertThat(last).as("start of the last run").isLessThan(start + length);
    }
    assertThat(extents.full()).isEqualTo(!more);
  }

  private static void check(Extents extents, int[] types, int shift, int limit) {
    assertThat(extents.size()).isLessThanOrEqualTo(limit);
    long at = extents.offset();
    for (int i = 0; i < extents.size(); i++) {
      assertThat(extents.length(i)).isPositive();
      for (long b = at; b < at + extents.length(i); b++) {
        assertThat(extents.type(i)).isEqualTo(types[(int) b - shift]);
      }
      if (i > 0) {
        assertThat(extents.type(i)).isNotEqualTo(extents.type(i - 1));
      }
      at += extents.length(i);
    }
    assertThat(at).isEqualTo(extents.position());
  }
}
