package org.nbdcore.protocol;

/** Request types ({@code NBD_CMD_*}). */
public final class Command {

  /** Read. */
  public static final int READ = 0;

  /** Write; the data follows the request. */
  public static final int WRITE = 1;

  /** End the connection; there is no reply. */
  public static final int DISC = 2;

  /** Make completed writes durable. */
  public static final int FLUSH = 3;

  /** The range is no longer needed. */
  public static final int TRIM = 4;

  /** The range will soon be read. */
  public static final int CACHE = 5;

  /** Make the range read as zeroes. */
  public static final int WRITE_ZEROES = 6;

  /** Report the extents of the range in the selected meta contexts. */
  public static final int BLOCK_STATUS = 7;

  /** Change the size (experimental). */
  public static final int RESIZE = 8;

  /** The name of a command, such as READ, or its number. */
  public static String name(int value) {
    switch (value) {
      case READ:
        return "READ";
      case WRITE:
        return "WRITE";
      case DISC:
        return "DISC";
      case FLUSH:
        return "FLUSH";
      case TRIM:
        return "TRIM";
      case CACHE:
        return "CACHE";
      case WRITE_ZEROES:
        return "WRITE_ZEROES";
      case BLOCK_STATUS:
        return "BLOCK_STATUS";
      case RESIZE:
        return "RESIZE";
      default:
        return Integer.toUnsignedString(value);
    }
  }

  private Command() {}
}
