package org.nbdcore.protocol;

/** Meta contexts and the status bits of {@code base:allocation}. */
public final class MetaContext {

  /** The context that reports which ranges of an export are data. */
  public static final String BASE_ALLOCATION = "base:allocation";

  /** Status bit: not allocated. */
  public static final int STATE_HOLE = 1;

  /** Status bit: reads as zeroes. */
  public static final int STATE_ZERO = 1 << 1;

  private MetaContext() {}
}
