package org.nbdcore.spi;

/** Receives the extents of a range from a device, in ascending order. */
public interface ExtentSink {

  /** Type of an extent that is allocated and may have any content. */
  int DATA = 0;

  /** Bit of the type: the extent is not allocated ({@code NBD_STATE_HOLE}). */
  int HOLE = 1;

  /** Bit of the type: the extent reads as zeroes ({@code NBD_STATE_ZERO}). */
  int ZERO = 2;

  /**
   * Adds an extent. Each extent begins at the end of the previous one. The sink merges adjacent
   * extents of the same type.
   *
   * <p>An extent may begin before the requested range and end after it. It must be true up to its
   * end, because the caller may use the part after the range. The sink cuts off parts before the
   * range, and parts beyond the end of the disk.
   *
   * @param offset of the first byte, in bytes. It is negative if {@link #shifted} moved the start
   *     of an extent to before the disk
   * @param length in bytes
   * @param type any of {@link #HOLE} and {@link #ZERO}, or {@link #DATA}
   * @return true if the sink accepts more extents
   */
  boolean add(long offset, long length, int type);

  /** True if the sink ignores further extents. */
  boolean full();

  /**
   * Returns a sink for a layer whose offsets differ from those of this sink. An extent that the
   * layer adds at {@code offset} arrives here at {@code offset + delta}. If the layer's disk
   * continues after the end of this one, use {@link #limitedTo} too.
   *
   * @param delta in bytes; may be negative
   */
  default ExtentSink shifted(long delta) {
    ExtentSink outer = this;
    return new ExtentSink() {
      @Override
      public boolean add(long offset, long length, int type) {
        return outer.add(offset + delta, length, type);
      }

      @Override
      public boolean full() {
        return outer.full();
      }
    };
  }

  /**
   * Returns a sink that removes bits from the type of each extent. For example, a hole below a
   * layer that encrypts does not read as zeroes above it, so that layer passes on {@code
   * sink.without(ExtentSink.ZERO)}.
   *
   * @param bits any of {@link #HOLE} and {@link #ZERO}
   */
  default ExtentSink without(int bits) {
    ExtentSink outer = this;
    return new ExtentSink() {
      @Override
      public boolean add(long offset, long length, int type) {
        return outer.add(offset, length, type & ~bits);
      }

      @Override
      public boolean full() {
        return outer.full();
      }
    };
  }

  /**
   * Returns a sink that cuts off extents at {@code end}. Use it if the layer below describes this
   * disk only up to there: {@code next.extents(offset, length, flags, sink.limitedTo(offset +
   * length))}.
   *
   * @param end offset of the first byte that is cut off
   */
  default ExtentSink limitedTo(long end) {
    ExtentSink outer = this;
    return new ExtentSink() {
      private boolean reached;

      @Override
      public boolean add(long offset, long length, int type) {
        long rest = end - offset;
        boolean more = rest > 0 ? outer.add(offset, Math.min(length, rest), type) : !outer.full();
        reached |= length >= rest;
        return more && !reached;
      }

      @Override
      public boolean full() {
        return reached || outer.full();
      }
    };
  }
}
