package org.nbdcore.protocol;

/** Sizes and limits of the protocol. */
public final class Limits {

  /** Bytes of a request before its payload. */
  public static final int REQUEST_HEADER = 28;

  /** Bytes of a request with extended headers before its payload (experimental). */
  public static final int EXTENDED_REQUEST_HEADER = 32;

  /** Bytes of a chunk of a reply with extended headers before its payload (experimental). */
  public static final int EXTENDED_CHUNK_HEADER = 32;

  /** Bytes of a simple reply before its payload. */
  public static final int SIMPLE_REPLY_HEADER = 16;

  /** Bytes of a chunk of a structured reply before its payload. */
  public static final int CHUNK_HEADER = 20;

  /** Bytes of an option before its data. */
  public static final int OPTION_HEADER = 16;

  /** Bytes of a reply to an option before its data. */
  public static final int OPTION_REPLY_HEADER = 20;

  /** Maximum length of an export name, description or message, in bytes of UTF-8. */
  public static final int MAX_STRING = 4096;

  /** Maximum payload in bytes if the server advertises no block sizes (32 MiB). */
  public static final int DEFAULT_MAX_PAYLOAD = 1 << 25;

  /** The TCP port that IANA assigned. */
  public static final int DEFAULT_PORT = 10809;

  private Limits() {}
}
