package org.nbdcore.protocol;

/** Transmission flags: what an export offers, 16 bits ({@code NBD_FLAG_*}). */
public final class TransmissionFlags {

  /** Always set. */
  public static final int HAS_FLAGS = 1;

  /** The export is read-only. */
  public static final int READ_ONLY = 1 << 1;

  /** {@link Command#FLUSH} works. */
  public static final int SEND_FLUSH = 1 << 2;

  /** {@link CommandFlags#FUA} works. */
  public static final int SEND_FUA = 1 << 3;

  /** Seeking is slow. */
  public static final int ROTATIONAL = 1 << 4;

  /** {@link Command#TRIM} works. */
  public static final int SEND_TRIM = 1 << 5;

  /** {@link Command#WRITE_ZEROES} works. */
  public static final int SEND_WRITE_ZEROES = 1 << 6;

  /** {@link CommandFlags#DF} works; only with structured replies. */
  public static final int SEND_DF = 1 << 7;

  /** A flush on one connection covers the writes of all connections. */
  public static final int CAN_MULTI_CONN = 1 << 8;

  /** {@link Command#RESIZE} works (experimental). */
  public static final int SEND_RESIZE = 1 << 9;

  /** {@link Command#CACHE} works. */
  public static final int SEND_CACHE = 1 << 10;

  /** {@link CommandFlags#FAST_ZERO} works. */
  public static final int SEND_FAST_ZERO = 1 << 11;

  /** {@link Command#BLOCK_STATUS} may have a payload (experimental). */
  public static final int BLOCK_STATUS_PAYLOAD = 1 << 12;

  private TransmissionFlags() {}
}
