package org.nbdcore.plugin.vmdk;

import java.io.IOException;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.ExtentSink;
import org.nbdcore.spi.Flags;
import org.nbdcore.vmdk.FileHoles;

/** The holes of a device of the layer below, from its extents. */
final class LayerHoles implements FileHoles {
  private static final long LONGEST = 1L << 30; // about the maximum of the protocol

  private final BlockDevice device;

  LayerHoles(BlockDevice device) {
    this.device = device;
  }

  @Override
  public long nextData(long offset) throws IOException {
    return next(offset, false, NO_MORE_DATA);
  }

  @Override
  public long nextHole(long offset) throws IOException {
    return next(offset, true, device.size());
  }

  private long next(long offset, boolean hole, long none) throws IOException {
    long at = offset;
    long size = device.size();
    while (at < size) {
      First first = new First(at, hole);
      long length = Math.min(LONGEST, size - at);
      device.extents(at, length, Flags.NONE, first.limitedTo(size));
      if (first.found >= 0) {
        return first.found;
      }
      at = Math.max(first.end, at + 1);
    }
    return none;
  }

  /** Accepts extents until there is one of the wanted kind. */
  private static final class First implements ExtentSink {
    private final long start;
    private final boolean hole;
    private long found = -1;
    private long end;

    private First(long start, boolean hole) {
      this.start = start;
      this.hole = hole;
      this.end = start;
    }

    @Override
    public boolean full() {
      return found >= 0;
    }

    @Override
    public boolean add(long offset, long length, int type) {
      end = offset + length;
      if (end > start && ((type & ZERO) != 0) == hole) {
        found = Math.max(start, offset);
        return false;
      }
      return true;
    }
  }

  /** Does nothing, because the device belongs to the file. */
  @Override
  public void close() {}
}
