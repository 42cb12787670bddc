package org.nbdcore.filter.common;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.ExtentSink;
import org.nbdcore.spi.Extents;

/** Calls of the layer below that take more than one line. */
public final class Below {

  private static final int MAX_RUNS = 4096;

  private Below() {}

  /** Reads as {@link BlockDevice#read}, in parts of at most {@code longest} bytes. */
  public static void read(BlockDevice device, long longest, ByteBuffer dst, long offset)
      throws IOException {
    int last = dst.limit();
    long at = offset;
    while (dst.position() < last) {
      int upTo = dst.position() + (int) Math.min(longest, last - dst.position());
      int length = upTo - dst.position();
      device.read(dst.limit(upTo), at);
      dst.limit(last).position(upTo);
      at += length;
    }
  }

  /** Writes as {@link BlockDevice#write}, in parts of at most {@code longest} bytes. */
  public static void write(BlockDevice device, long longest, ByteBuffer src, long offset, int flags)
      throws IOException {
    int last = src.limit();
    long at = offset;
    while (src.position() < last) {
      int upTo = src.position() + (int) Math.min(longest, last - src.position());
      int length = upTo - src.position();
      device.write(src.limit(upTo), at, flags);
      src.limit(last).position(upTo);
      at += length;
    }
  }

  /**
   * Passes on what the layer below tells of a range, and nothing beyond it.
   *
   * @return how far that goes, which may be less than the range
   */
  public static long extents(
      BlockDevice device, long offset, long length, int flags, ExtentSink sink) throws IOException {
    Extents found = new Extents(offset, length, MAX_RUNS);
    device.extents(offset, length, flags, found);
    long at = offset;
    for (int i = 0; i < found.size(); i++) {
      sink.add(at, found.length(i), found.type(i));
      at += found.length(i);
    }
    return at;
  }
}
