package org.nbdcore.protocol;

/** Magic numbers at the start of messages. */
public final class Magic {

  /** First in a handshake, "NBDMAGIC". */
  public static final long NBDMAGIC = 0x4e42444d41474943L;

  /** Second in an oldstyle handshake. */
  public static final long CLISERV = 0x00420281861253L;

  /** Second in a newstyle handshake and first in each option, "IHAVEOPT". */
  public static final long IHAVEOPT = 0x49484156454f5054L;

  /** First in each reply to an option. */
  public static final long OPTION_REPLY = 0x3e889045565a9L;

  /** First in each request. */
  public static final int REQUEST = 0x25609513;

  /** First in a simple reply. */
  public static final int SIMPLE_REPLY = 0x67446698;

  /** First in each chunk of a structured reply. */
  public static final int STRUCTURED_REPLY = 0x668e33ef;

  /** First in a request with extended headers (experimental). */
  public static final int EXTENDED_REQUEST = 0x21e41c71;

  /** First in each chunk of a reply with extended headers (experimental). */
  public static final int EXTENDED_REPLY = 0x6e8a278c;

  private Magic() {}
}
