package org.nbdcore.filter.common;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.Capabilities;
import org.nbdcore.spi.ExtentSink;
import org.nbdcore.spi.Extents;
import org.nbdcore.spi.Flags;
import org.nbdcore.spi.helpers.AlignedExtents;

final class AlignedExtentsTest {

  private static final int BLOCK = 512;
  private static final int HOLE = ExtentSink.HOLE | ExtentSink.ZERO;

  /** Extents of 100 bytes each, alternately hole and data; at most {@code maxExtents} in a call. */
  private static final class Striped implements BlockDevice {

    private final int maxExtents;
    private final int otherType; // the type of every second extent
    private final List<String> calls = new ArrayList<>();

    private Striped(int maxExtents) {
      this(maxExtents, ExtentSink.DATA);
    }

    private Striped(int maxExtents, int otherType) {
      this.maxExtents = maxExtents;
      this.otherType = otherType;
    }

    @Override
    public long size() {
      return 8 * BLOCK;
    }

    @Override
    public Capabilities capabilities() {
      return Capabilities.readOnly().withExtents(true);
    }

    @Override
    public void read(ByteBuffer dst, long offset) {}

    @Override
    public void extents(long offset, long length, Flags flags, ExtentSink sink) {
      calls.add(offset + "+" + length + (!flags.has(Flags.REQ_ONE) ? "" : " one"));
      int runs = !flags.has(Flags.REQ_ONE) ? maxExtents : 1;
      for (long at = offset / 100 * 100; at < offset + length && runs > 0; at += 100, runs--) {
        sink.add(at, 100, at / 100 % 2 == 0 ? HOLE : otherType);
      }
    }

    @Override
    public void close() {}
  }

  @Test
  void partialBlockIsCompletedByAnotherRequest() throws IOException {
    Striped striped = new Striped(100);
    assertThat(runs(striped, Flags.REQ_ONE)).containsExactly("512=0");
    assertThat(striped.calls).containsExactly("0+4096 one", "100+412");
  }

  @Test
  void sourceIsQueriedUntilABlockIsComplete() throws IOException {
    Striped striped = new Striped(1);
    assertThat(runs(striped, Flags.NONE)).containsExactly("512=0");
    assertThat(striped.calls)
        .containsExactly("0+4096", "100+412", "200+312", "300+212", "400+112", "500+12");
    Striped zeroes = new Striped(1, ExtentSink.ZERO);
    assertThat(runs(zeroes, Flags.REQ_ONE)).containsExactly("512=" + ExtentSink.ZERO);
  }

  @Test
  void sourceIsQueriedInItsOwnBlocks() throws IOException {
    Striped striped = new Striped(1);
    Extents extents = new Extents(0, 8 * BLOCK, 1000);
    AlignedExtents.collect(striped::extents, 0, 8 * BLOCK, Flags.NONE, 256, BLOCK, extents);
    assertThat(extents.length(0)).isEqualTo(512);
    assertThat(extents.type(0)).isZero();
    assertThat(striped.calls).allMatch(call -> call.matches("(0|256)\\+(4096|512|256)"));
  }

  @Test
  void onlyTheLastBlockOfADiskMayBeShort() throws IOException {
    Extents extents = new Extents(0, 700, 1000);
    Striped striped = new Striped(100);
    AlignedExtents.collect(striped::extents, 0, 700, Flags.NONE, 1, BLOCK, extents);
    assertThat(extents.size()).isEqualTo(1);
    assertThat(extents.position()).isEqualTo(700);
    Extents aligned = new Extents(0, 700, 1000);
    AlignedExtents.collect(
        (offset, length, flags, sink) -> {
          sink.add(0, 512, HOLE);
          sink.add(512, 188, ExtentSink.DATA);
        },
        0,
        700,
        Flags.NONE,
        1,
        BLOCK,
        aligned);
    assertThat(aligned.length(0)).isEqualTo(512);
    assertThat(aligned.length(1)).isEqualTo(188);
  }

  @Test
  void layerThatReportsNoExtentIsAnError() {
    assertThatThrownBy(() -> runs(new Striped(0), Flags.NONE))
        .hasMessage("the layer below reported no extent at 0");
  }

  private static List<String> runs(BlockDevice device, Flags flags) throws IOException {
    Extents extents = new Extents(0, 8 * BLOCK, 1000);
    AlignedExtents.collect(device::extents, 0, 8 * BLOCK, flags, 1, BLOCK, extents);
    List<String> runs = new ArrayList<>();
    for (int i = 0; i < extents.size(); i++) {
      runs.add(extents.length(i) + "=" + extents.type(i));
    }
    return runs;
  }
}
