package org.nbdcore.protocol;

/** Flags of the newstyle handshake; the client answers with the same bits. */
public final class HandshakeFlags {

  /** Options are answered, also unknown ones. */
  public static final int FIXED_NEWSTYLE = 1;

  /** The 124 zero bytes after {@code EXPORT_NAME} are left out. */
  public static final int NO_ZEROES = 1 << 1;

  private HandshakeFlags() {}
}
