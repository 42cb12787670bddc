package org.nbdcore.protocol;

/** Types of facts in an {@link OptionReply#INFO}. */
public final class Info {

  /** Size and transmission flags. */
  public static final int EXPORT = 0;

  /** The canonical name of the export. */
  public static final int NAME = 1;

  /** Text for a person. */
  public static final int DESCRIPTION = 2;

  /** Minimum, preferred and maximum block size. */
  public static final int BLOCK_SIZE = 3;

  private Info() {}
}
