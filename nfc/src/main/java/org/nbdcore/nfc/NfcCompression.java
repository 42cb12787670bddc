package org.nbdcore.nfc;

import java.io.IOException;

/** How the blocks of a read are compressed on the wire. */
public enum NfcCompression {
  /** No compression. */
  NONE(0),
  /** RFC 1950 streams. */
  ZLIB(1),
  /** FastLZ, level 1 or 2. */
  FASTLZ(2),
  /** Only the runs that are not zero are sent. */
  SKIPZ(3);

  private static final NfcCompression[] BY_NUMBER = values();

  private final int number;

  NfcCompression(int number) {
    this.number = number;
  }

  int number() {
    return number;
  }

  static NfcCompression of(int number) throws IOException {
    if (number < 0 || number >= BY_NUMBER.length) {
      throw new NfcProtocolException("compression " + number + " in a reply, expected 0 to 3");
    }
    return BY_NUMBER[number];
  }
}
