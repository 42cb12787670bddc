package org.nbdcore.spi;

/** Receives what a device knows about the allocation of a range, run by run. */
public interface ExtentSink {

  /** The run is allocated and may hold anything. */
  int DATA = 0;

  /** The run is not allocated ({@code NBD_STATE_HOLE}). */
  int HOLE = 1;

  /** The run reads as zeroes ({@code NBD_STATE_ZERO}). */
  int ZERO = 2;

  /**
   * Adds a run. Each run begins at the end of the previous one. Adjacent runs of the same type are
   * merged.
   *
   * <p>A run may begin before the requested range and end after it. It must be true up to its end,
   * because the caller may use the part after the range. Parts before the range, and parts beyond
   * the end of the disk, are cut off.
   *
   * @param offset may be negative where a shifted run begins before the disk
   * @param type any of {@link #HOLE} and {@link #ZERO}, or {@link #DATA}
   * @return whether more runs are wanted
   */
  boolean add(long offset, long length, int type);

  /** Whether further runs would be ignored. */
  boolean full();

  /**
   * A view for a layer whose disk is displaced against this one: what it adds at {@code offset}
   * arrives here at {@code offset + delta}. If that disk goes on where this one ends, use {@link
   * #limitedTo} too.
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
   * A view for a layer whose disk differs from this one: a type arrives here without these bits.
   * For example, holes below a layer that encrypts do not read as zeroes above it: {@code
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
   * A view that cuts runs off at {@code end}, for a layer that describes this disk only up to
   * there: {@code next.extents(offset, length, flags, sink.limitedTo(offset + length))}.
   *
   * @param end first byte on this disk that the layer says nothing about
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
