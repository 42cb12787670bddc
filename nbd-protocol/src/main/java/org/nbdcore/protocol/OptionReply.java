package org.nbdcore.protocol;

/** Types of replies to options ({@code NBD_REP_*}); those with bit 31 are errors. */
public final class OptionReply {

  /** Accepted, or the end of several replies. */
  public static final int ACK = 1;

  /** An export, in reply to {@link Option#LIST}. */
  public static final int SERVER = 2;

  /**
   * Information about an export, in reply to {@link Option#INFO} or {@link Option#GO}; see {@link
   * Info}.
   */
  public static final int INFO = 3;

  /** A meta context and its number. */
  public static final int META_CONTEXT = 4;

  /** The option is unknown. */
  public static final int ERR_UNSUP = 0x8000_0001;

  /** The server's policy forbids the option. */
  public static final int ERR_POLICY = 0x8000_0002;

  /** The option is malformed, or invalid at this point. */
  public static final int ERR_INVALID = 0x8000_0003;

  /** The server's platform does not support the option. */
  public static final int ERR_PLATFORM = 0x8000_0004;

  /** The client must start TLS first. */
  public static final int ERR_TLS_REQD = 0x8000_0005;

  /** There is no such export. */
  public static final int ERR_UNKNOWN = 0x8000_0006;

  /** The server is shutting down. */
  public static final int ERR_SHUTDOWN = 0x8000_0007;

  /** The client must request block sizes. */
  public static final int ERR_BLOCK_SIZE_REQD = 0x8000_0008;

  /** The option is too large. */
  public static final int ERR_TOO_BIG = 0x8000_0009;

  /** The client must negotiate extended headers first (experimental). */
  public static final int ERR_EXT_HEADER_REQD = 0x8000_000a;

  /** The name of a reply, such as ERR_UNSUP, or its number. */
  public static String name(int value) {
    switch (value) {
      case ACK:
        return "ACK";
      case SERVER:
        return "SERVER";
      case INFO:
        return "INFO";
      case META_CONTEXT:
        return "META_CONTEXT";
      case ERR_UNSUP:
        return "ERR_UNSUP";
      case ERR_POLICY:
        return "ERR_POLICY";
      case ERR_INVALID:
        return "ERR_INVALID";
      case ERR_PLATFORM:
        return "ERR_PLATFORM";
      case ERR_TLS_REQD:
        return "ERR_TLS_REQD";
      case ERR_UNKNOWN:
        return "ERR_UNKNOWN";
      case ERR_SHUTDOWN:
        return "ERR_SHUTDOWN";
      case ERR_BLOCK_SIZE_REQD:
        return "ERR_BLOCK_SIZE_REQD";
      case ERR_TOO_BIG:
        return "ERR_TOO_BIG";
      case ERR_EXT_HEADER_REQD:
        return "ERR_EXT_HEADER_REQD";
      default:
        return Integer.toUnsignedString(value);
    }
  }

  private OptionReply() {}
}
