package org.nbdcore.filter.evil;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.ExtentSink;
import org.nbdcore.spi.Extents;
import org.nbdcore.spi.FilterBlockDevice;
import org.nbdcore.spi.Flags;
import org.nbdcore.spi.helpers.Alignment;

/** Corrupts the data of reads, but not holes. Forwards all other requests. */
final class EvilDevice extends FilterBlockDevice {

  private static final int MAX_EXTENTS = 1000;

  private final EvilMode mode;
  private final BitFlipper flipper;
  private final boolean extents;
  private final int minimum;

  EvilDevice(BlockDevice next, EvilMode mode, BitFlipper flipper) throws IOException {
    super(next);
    this.mode = mode;
    this.flipper = flipper;
    extents = next.capabilities().extents();
    minimum = next.capabilities().blockSizes().minimum();
  }

  @Override
  public void read(ByteBuffer dst, long offset) throws IOException {
    int start = dst.position();
    int length = dst.remaining();
    next.read(dst, offset);
    if (flipper.never()) {
      return;
    }
    if (!extents) {
      corrupt(dst, start, offset, offset, length);
      return;
    }
    long end = offset + length;
    for (long at = offset; at < end; ) {
      long asked = Alignment.roundDown(at, minimum);
      Extents runs = new Extents(asked, end - asked, MAX_EXTENTS);
      next.extents(asked, end - asked, Flags.NONE, runs);
      long run = asked;
      for (int i = 0; i < runs.size(); i++) {
        long from = Math.max(at, run);
        run += runs.length(i);
        if ((runs.type(i) & ExtentSink.HOLE) == 0 && run > from) {
          corrupt(dst, start, offset, from, (int) (run - from));
        }
      }
      if (run <= at) {
        throw new IOException("the layer below reported no extent at " + at);
      }
      at = run;
    }
  }

  private void corrupt(ByteBuffer dst, int start, long offset, long from, int length) {
    int within = (int) (from - offset);
    switch (mode) {
      case COSMIC_RAYS -> flipper.flip(dst, start + within, length);
      case STUCK_BITS -> flipper.stick(dst, start + within, length, from);
      case STUCK_WIRES -> flipper.stick(dst, start + within, length, within);
    }
  }
}
