package org.nbdcore.plugin.vddk;

import java.io.IOException;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.Extents;
import org.nbdcore.spi.Flags;

/** Extents as text. */
final class ExtentMaps {

  private ExtentMaps() {}

  /** The first reply, as {@code length:type length:type}. It may cover less than the range. */
  static String firstReply(BlockDevice device, long offset, long length, Flags flags)
      throws IOException {
    Extents extents = new Extents(offset, length, 1000);
    device.extents(offset, length, flags, extents);
    return text(extents);
  }

  /** The extents of the all range, in as many requests as that needs. */
  static String all(BlockDevice device, long offset, long length) throws IOException {
    Extents all = new Extents(offset, length, 100_000);
    while (all.position() < offset + length) {
      long at = all.position();
      Extents part = new Extents(at, offset + length - at, 1000);
      device.extents(at, offset + length - at, Flags.NONE, part);
      for (int i = 0; i < part.size(); i++) {
        all.add(all.position(), part.length(i), part.type(i));
      }
      if (all.position() == at) {
        throw new AssertionError("no progress at " + at);
      }
    }
    return text(all);
  }

  private static String text(Extents extents) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < extents.size(); i++) {
      text.append(extents.length(i)).append(":").append(extents.type(i)).append(' ');
    }
    return text.toString().trim();
  }
}
