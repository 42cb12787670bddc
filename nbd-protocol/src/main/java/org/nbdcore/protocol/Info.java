package org.nbdcore.protocol;

/** Information types in an {@link OptionReply#INFO} ({@code NBD_INFO_*}). */
public final class Info {

  /** Size and transmission flags. */
  public static final int EXPORT = 0;

  /** The canonical name of the export. */
  public static final int NAME = 1;

  /** Human-readable description. */
  public static final int DESCRIPTION = 2;

  /** Minimum, preferred and maximum block size. */
  public static final int BLOCK_SIZE = 3;

  private Info() {}
}
