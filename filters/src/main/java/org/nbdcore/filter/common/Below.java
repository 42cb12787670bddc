package org.nbdcore.filter.common;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.nbdcore.spi.BlockDevice;

/** Reads and writes of any length over a layer that has a longest one. */
public final class Below {

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
}
