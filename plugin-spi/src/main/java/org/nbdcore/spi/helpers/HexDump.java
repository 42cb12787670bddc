package org.nbdcore.spi.helpers;

import java.nio.ByteBuffer;
import java.util.Locale;

/**
 * Formats bytes as hexadecimal text, to debug a plugin or filter. Do not leave calls in a release,
 * because the log would show the user's data.
 */
public final class HexDump {

  private static final int WIDTH = 16;

  private HexDump() {}

  /**
   * Formats the bytes between the position and the limit of {@code bytes}, 16 in a line.
   *
   * @param offset on the disk of the first byte
   * @return lines such as {@code 00000200: 48 69 0a ... |Hi.|}; {@code bytes} is not changed
   */
  public static String of(ByteBuffer bytes, long offset) {
    StringBuilder text = new StringBuilder();
    for (int at = 0; at < bytes.remaining(); at += WIDTH) {
      line(text, "", bytes, at, offset);
    }
    return text.toString();
  }

  /**
   * Formats the lines in which two ranges of the same length differ: with {@code -} those of {@code
   * before}, with {@code +} those of {@code after}.
   *
   * @param offset on the disk of the first byte
   * @return the lines, or the empty string if both ranges are equal; neither buffer is changed
   */
  public static String diff(ByteBuffer before, ByteBuffer after, long offset) {
    if (before.remaining() != after.remaining()) {
      throw new IllegalArgumentException(
          "the lengths must be the same, not " + before.remaining() + " and " + after.remaining());
    }
    StringBuilder text = new StringBuilder();
    for (int at = 0; at < before.remaining(); at += WIDTH) {
      int length = Math.min(WIDTH, before.remaining() - at);
      ByteBuffer one = before.slice(before.position() + at, length);
      if (!one.equals(after.slice(after.position() + at, length))) {
        line(text, "-", before, at, offset);
        line(text, "+", after, at, offset);
      }
    }
    return text.toString();
  }

  private static void line(StringBuilder text, String mark, ByteBuffer bytes, int at, long offset) {
    int length = Math.min(WIDTH, bytes.remaining() - at);
    text.append(mark).append(String.format(Locale.ROOT, "%08x:", offset + at));
    StringBuilder shown = new StringBuilder();
    for (int i = 0; i < WIDTH; i++) {
      if (i >= length) {
        text.append("   ");
        continue;
      }
      byte value = bytes.get(bytes.position() + at + i);
      text.append(String.format(Locale.ROOT, " %02x", value));
      shown.append(value >= ' ' && value < 0x7f ? (char) value : '.');
    }
    text.append(" |").append(shown).append("|\n");
  }
}
