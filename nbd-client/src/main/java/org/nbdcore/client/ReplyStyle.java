package org.nbdcore.client;

/** What the server's replies look like, as it was agreed on. */
enum ReplyStyle {
  SIMPLE,
  STRUCTURED,

  /** 64-bit lengths in requests too (experimental). */
  EXTENDED
}
