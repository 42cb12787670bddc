package org.nbdcore.testkit;

import java.util.Arrays;
import java.util.Locale;

/** Compares contents, and reports the first difference instead of all bytes. */
final class ContentAssertions {

  private ContentAssertions() {}

  /**
   * Fails unless both contents are equal.
   *
   * @param offset on the disk of the first byte, for the message
   */
  static void assertSame(String what, byte[] found, byte[] expected, long offset) {
    int at = Arrays.mismatch(found, expected);
    if (at < 0) {
      return;
    }
    if (found.length != expected.length) {
      throw new AssertionError(
          what + ": " + found.length + " bytes, but expected " + expected.length);
    }
    int different = 0;
    for (int i = at; i < found.length; i++) {
      different += found[i] == expected[i] ? 0 : 1;
    }
    throw new AssertionError(
        String.format(
            Locale.ROOT,
            "%s: the byte at %d is 0x%02x, but expected 0x%02x (%s)",
            what,
            offset + at,
            found[at],
            expected[at],
            different == 1 ? "no other byte differs" : different + " bytes from there on differ"));
  }
}
