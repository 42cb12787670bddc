package org.nbdcore.spi;

/** Bits that accompany a call of a {@link BlockDevice}. */
public final class Flags {

  /** Force unit access: the result is durable when the call returns ({@code NBD_CMD_FLAG_FUA}). */
  public static final int FUA = 1;

  /** {@code zero} may make a hole (the client did not send {@code NBD_CMD_FLAG_NO_HOLE}). */
  public static final int MAY_TRIM = 1 << 1;

  /** {@code zero} must be fast or fail ({@code NBD_CMD_FLAG_FAST_ZERO}). */
  public static final int FAST_ZERO = 1 << 2;

  /** {@code extents} needs the first run only ({@code NBD_CMD_FLAG_REQ_ONE}). */
  public static final int REQ_ONE = 1 << 3;

  private Flags() {}
}
