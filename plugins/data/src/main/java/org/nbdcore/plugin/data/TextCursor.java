package org.nbdcore.plugin.data;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.function.IntPredicate;
import org.nbdcore.spi.ConfigException;

/** Moves over the text of a disk. */
final class TextCursor {

  private final String source;
  private final byte[] text;
  private int at;

  /**
   * Starts at the beginning.
   *
   * @param source the name of the text in messages
   */
  TextCursor(String source, byte[] text) {
    this.source = source;
    this.text = text;
  }

  SourcePosition position() {
    return SourcePosition.of(source, text, at);
  }

  boolean atEnd() {
    return at == text.length;
  }

  /** The next byte, or 0 at the end. */
  char peek() {
    return atEnd() ? 0 : (char) (text[at] & 0xff);
  }

  char next() {
    return (char) (text[at++] & 0xff);
  }

  /** Skips {@code word} if it comes next. */
  boolean skip(String word) {
    int end = at + word.length();
    if (end > text.length
        || !new String(text, at, word.length(), StandardCharsets.ISO_8859_1).equals(word)) {
      return false;
    }
    at = end;
    return true;
  }

  /** Skips white space and comments. */
  void skipSpace() {
    while (!atEnd()) {
      char c = peek();
      if (c == '#') {
        until(b -> b == '\n');
      } else if (isSpace(c)) {
        at++;
      } else {
        return;
      }
    }
  }

  static boolean isSpace(int c) {
    return c == ' ' || (c >= '\t' && c <= '\r');
  }

  /** The text before the first byte for which {@code end} is true. */
  byte[] until(IntPredicate end) {
    int from = at;
    while (!atEnd() && !end.test(peek())) {
      at++;
    }
    return Arrays.copyOfRange(text, from, at);
  }

  /** The next letters and digits. */
  String word() {
    return new String(
        until(c -> !(c < 128 && Character.isLetterOrDigit(c))), StandardCharsets.ISO_8859_1);
  }

  /** The text before the parenthesis that closes an open one, which is skipped. */
  byte[] untilClosed(SourcePosition opened) throws ConfigException {
    int from = at;
    int depth = 1;
    while (!atEnd()) {
      char c = next();
      depth += c == '(' ? 1 : c == ')' ? -1 : 0;
      if (depth == 0) {
        return Arrays.copyOfRange(text, from, at - 1);
      }
    }
    throw opened.error("this '(' is never closed");
  }
}
