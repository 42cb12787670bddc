package org.nbdcore.client;

/** The negotiated form of the server's replies. */
enum ReplyStyle {
  SIMPLE,
  STRUCTURED,

  /** 64-bit lengths in requests too (experimental). */
  EXTENDED
}
