package org.nbdcore.protocol;

/** Flags of requests ({@code NBD_CMD_FLAG_*}). */
public final class CommandFlags {

  /** Force unit access. */
  public static final int FUA = 1;

  /** {@link Command#WRITE_ZEROES} must not make a hole. */
  public static final int NO_HOLE = 1 << 1;

  /** Do not fragment: one chunk of data or an error. */
  public static final int DF = 1 << 2;

  /** One extent for each meta context. */
  public static final int REQ_ONE = 1 << 3;

  /** Zero quickly or fail with {@link ErrorValue#ENOTSUP}. */
  public static final int FAST_ZERO = 1 << 4;

  /** The length is that of a payload (experimental). */
  public static final int PAYLOAD_LEN = 1 << 5;

  private CommandFlags() {}
}
