package org.nbdcore.spi.helpers;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.ExtentSink;
import org.nbdcore.spi.Extents;
import org.nbdcore.spi.Flags;

/** Calls of the layer below that take more than one line. */
public final class SplitRequests {

  private static final int MAX_RUNS = 4096;

  private SplitRequests() {}

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
  public static void write(
      BlockDevice device, long longest, ByteBuffer src, long offset, Flags flags)
      throws IOException {
    int last = src.limit();
    Flags early = src.remaining() > longest ? earlyFlags(device, flags) : flags;
    long at = offset;
    while (src.position() < last) {
      int upTo = src.position() + (int) Math.min(longest, last - src.position());
      int length = upTo - src.position();
      device.write(src.limit(upTo), at, upTo == last ? flags : early);
      src.limit(last).position(upTo);
      at += length;
    }
  }

  /**
   * Flags for all parts of a split request except the last. They omit FUA if FUA costs a flush of
   * the whole disk, because the flush of the last part is then sufficient.
   */
  public static Flags earlyFlags(BlockDevice device, Flags flags) throws IOException {
    boolean once = flags.has(Flags.FUA) && device.capabilities().fuaFlushes();
    return once ? flags.without(Flags.FUA) : flags;
  }

  /**
   * Forwards the extents that the layer below reports for a range, cut off at its end.
   *
   * @return end of the reported extents, which may be before the end of the range
   */
  public static long extents(
      BlockDevice device, long offset, long length, Flags flags, ExtentSink sink)
      throws IOException {
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
