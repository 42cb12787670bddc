package org.nbdcore.protocol;

/**
 * Types of chunks of a structured reply ({@code NBD_REPLY_TYPE_*}); those with bit 15 are errors.
 */
public final class ReplyType {

  /** A flag, not a type: the last chunk of its reply. */
  public static final int FLAG_DONE = 1;

  /** A chunk without content. */
  public static final int NONE = 0;

  /** An offset and the data from there on. */
  public static final int OFFSET_DATA = 1;

  /** An offset and the length of a hole that reads as zeroes. */
  public static final int OFFSET_HOLE = 2;

  /** A meta context's number and its extents. */
  public static final int BLOCK_STATUS = 5;

  /** The same with 64-bit lengths (experimental). */
  public static final int BLOCK_STATUS_EXT = 6;

  /** An error and a message. */
  public static final int ERROR = 0x8001;

  /** An error, a message and the offset where it happened. */
  public static final int ERROR_OFFSET = 0x8002;

  private ReplyType() {}
}
