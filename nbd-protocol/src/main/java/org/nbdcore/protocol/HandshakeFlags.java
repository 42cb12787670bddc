package org.nbdcore.protocol;

/** Flags of the newstyle handshake ({@code NBD_FLAG_*}). The client replies with the same bits. */
public final class HandshakeFlags {

  /** The server replies to every option, also to unknown ones. */
  public static final int FIXED_NEWSTYLE = 1;

  /** The server omits the 124 zero bytes after {@code EXPORT_NAME}. */
  public static final int NO_ZEROES = 1 << 1;

  private HandshakeFlags() {}
}
