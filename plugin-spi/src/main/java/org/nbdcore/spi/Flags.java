package org.nbdcore.spi;

/**
 * The flags of a request: an immutable set. Each set exists once, so {@code ==} compares sets and
 * no method allocates.
 */
public final class Flags {

  private static final String[] NAMES = {"fua", "may-trim", "fast-zero", "req-one"};
  private static final Flags[] SETS = new Flags[1 << NAMES.length];

  static {
    for (int bits = 0; bits < SETS.length; bits++) {
      SETS[bits] = new Flags(bits);
    }
  }

  /** No flags. */
  public static final Flags NONE = SETS[0];

  /** Force unit access: the result is durable when the call returns ({@code NBD_CMD_FLAG_FUA}). */
  public static final Flags FUA = SETS[1];

  /** {@code zero} may punch a hole (the client did not send {@code NBD_CMD_FLAG_NO_HOLE}). */
  public static final Flags MAY_TRIM = SETS[1 << 1];

  /** {@code zero} must be fast or fail ({@code NBD_CMD_FLAG_FAST_ZERO}). */
  public static final Flags FAST_ZERO = SETS[1 << 2];

  /** {@code extents} needs the first extent only ({@code NBD_CMD_FLAG_REQ_ONE}). */
  public static final Flags REQ_ONE = SETS[1 << 3];

  private final int bits;
  private final String text;

  private Flags(int bits) {
    this.bits = bits;
    StringBuilder names = new StringBuilder();
    for (int i = 0; i < NAMES.length; i++) {
      if ((bits & 1 << i) != 0) {
        names.append(names.isEmpty() ? "" : ",").append(NAMES[i]);
      }
    }
    text = bits == 0 ? "none" : names.toString();
  }

  /** True if this set contains all of {@code flags}. */
  public boolean has(Flags flags) {
    return (bits & flags.bits) == flags.bits;
  }

  /** Returns the union of this set and {@code flags}. */
  public Flags with(Flags flags) {
    return SETS[bits | flags.bits];
  }

  /** Returns this set without {@code flags}. */
  public Flags without(Flags flags) {
    return SETS[bits & ~flags.bits];
  }

  /** Returns the flags that are in this set and in {@code flags}. */
  public Flags only(Flags flags) {
    return SETS[bits & flags.bits];
  }

  /** True if no flag is set. */
  public boolean isEmpty() {
    return this == NONE;
  }

  /** Returns the names of the flags, for example {@code fua,may-trim}, or {@code none}. */
  @Override
  public String toString() {
    return text;
  }
}
