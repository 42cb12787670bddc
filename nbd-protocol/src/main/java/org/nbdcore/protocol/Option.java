package org.nbdcore.protocol;

/** Options that a client sends in the handshake ({@code NBD_OPT_*}). */
public final class Option {

  /** Select an export and start transmission; an error closes the connection. */
  public static final int EXPORT_NAME = 1;

  /** End the connection. */
  public static final int ABORT = 2;

  /** List the exports. */
  public static final int LIST = 3;

  /** Withdrawn; not used. */
  public static final int PEEK_EXPORT = 4;

  /** Start TLS. */
  public static final int STARTTLS = 5;

  /** Request information about an export. */
  public static final int INFO = 6;

  /** Select an export and start transmission. */
  public static final int GO = 7;

  /** Use structured replies. */
  public static final int STRUCTURED_REPLY = 8;

  /** List the meta contexts of an export. */
  public static final int LIST_META_CONTEXT = 9;

  /** Select the meta contexts for block status. */
  public static final int SET_META_CONTEXT = 10;

  /** Use 64-bit lengths (experimental). */
  public static final int EXTENDED_HEADERS = 11;

  /** The name of an option, such as GO, or its number. */
  public static String name(int value) {
    switch (value) {
      case EXPORT_NAME:
        return "EXPORT_NAME";
      case ABORT:
        return "ABORT";
      case LIST:
        return "LIST";
      case PEEK_EXPORT:
        return "PEEK_EXPORT";
      case STARTTLS:
        return "STARTTLS";
      case INFO:
        return "INFO";
      case GO:
        return "GO";
      case STRUCTURED_REPLY:
        return "STRUCTURED_REPLY";
      case LIST_META_CONTEXT:
        return "LIST_META_CONTEXT";
      case SET_META_CONTEXT:
        return "SET_META_CONTEXT";
      case EXTENDED_HEADERS:
        return "EXTENDED_HEADERS";
      default:
        return Integer.toUnsignedString(value);
    }
  }

  private Option() {}
}
