package org.nbdcore.vmdk;

import java.io.IOException;
import java.nio.ByteBuffer;

/** An extent made of grains. Subclasses read the stored grains. */
abstract class GrainExtent implements Extent {
  private final GrainLocator map;
  private final Backing backing;
  private final long grainBytes;
  private final long length;

  GrainExtent(GrainLocator map, Backing backing, long grainBytes, long length) {
    this.map = map;
    this.backing = backing;
    this.grainBytes = grainBytes;
    this.length = length;
  }

  @Override
  public final long length() {
    return length;
  }

  public final long grainBytes() {
    return grainBytes;
  }

  /**
   * Puts {@code n} bytes at the buffer's position.
   *
   * @param grain the grain in which the bytes start
   * @param within where in that grain
   * @param located the grain map's result for that grain
   */
  abstract void readStored(ByteBuffer dst, int n, long grain, long within, long located)
      throws IOException;

  /** Maximum distance between two stored grains that one read can cover; 0 if none. */
  abstract long stride();

  @Override
  public void read(ByteBuffer dst, int n, long start) throws IOException {
    long offset = start;
    int left = n;
    while (left > 0) {
      long grain = offset / grainBytes;
      long within = offset % grainBytes;
      long located = map.locate(grain);
      int run = (int) run(grain, located, within, left);
      if (located > 0) {
        readStored(dst, run, grain, within, located);
      } else if (located == GrainMap.ZERO) {
        Zeros.put(dst, run);
      } else {
        backing.read(dst, run, offset);
      }
      offset += run;
      left -= run;
    }
  }

  /**
   * Returns where a range begins in the file, if it is in one piece there, or {@link GrainMap#HOLE}
   * if all of it is a hole; otherwise {@link GrainMap#ZERO}.
   */
  final long position(long offset, long length) throws IOException {
    long grain = offset / grainBytes;
    long within = offset % grainBytes;
    long located = map.locate(grain);
    if (located == GrainMap.ZERO || run(grain, located, within, length) < length) {
      return GrainMap.ZERO;
    }
    return located == GrainMap.HOLE ? GrainMap.HOLE : located + within;
  }

  final boolean readBackingZeroCopy(long offset, long length, FileRangeSink sink)
      throws IOException {
    return backing.readZeroCopy(offset, length, sink);
  }

  /**
   * Returns how many of the next {@code max} bytes are contiguous in the file, or are all holes, or
   * all zeroes.
   */
  private long run(long grain, long located, long within, long max) throws IOException {
    long step = located > 0 ? stride() : 0;
    long run = grainBytes - within;
    if (located <= 0 || step > 0) {
      long next = grain + 1;
      long expected = located + step;
      while (run < max && map.locate(next) == expected) {
        run += grainBytes;
        next++;
        expected += step;
      }
    }
    return Math.min(run, max);
  }

  @Override
  public final boolean map(long start, long total, ExtentMerger merger) throws IOException {
    long offset = start;
    long left = total;
    while (left > 0) {
      long grain = offset / grainBytes;
      long grains = map.grainsWithoutTable(grain);
      long located = grains > 0 ? GrainMap.HOLE : map.locate(grain);
      long chunk = Math.min(left, Math.max(1, grains) * grainBytes - offset % grainBytes);
      if (!mapChunk(offset, chunk, located, merger)) {
        return false;
      }
      offset += chunk;
      left -= chunk;
    }
    return true;
  }

  private boolean mapChunk(long offset, long length, long located, ExtentMerger merger)
      throws IOException {
    if (located == GrainMap.HOLE) {
      return backing.map(offset, length, merger);
    }
    return merger.add(length, located == GrainMap.ZERO ? ExtentKind.ZERO : ExtentKind.DATA);
  }
}
