package org.nbdcore.plugin.data;

import java.io.ByteArrayOutputStream;
import org.nbdcore.spi.ConfigException;

/** Texts in quotation marks, with the escapes of C. */
final class StringSyntax {

  private static final String ESCAPES = "abfnrtv\\\"?'";
  private static final byte[] MEANINGS = {7, 8, 12, 10, 13, 9, 11, '\\', '"', '?', '\''};

  private StringSyntax() {}

  /** Reads a quoted text, including both quotation marks. */
  static byte[] parse(TextCursor in) throws ConfigException {
    SourcePosition opened = in.position();
    in.next();
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    while (!in.atEnd()) {
      SourcePosition position = in.position();
      char c = in.next();
      if (c == '"') {
        return bytes.toByteArray();
      }
      bytes.write(c == '\\' ? escape(in, position) : c);
    }
    throw opened.error("this text is never closed");
  }

  private static int escape(TextCursor in, SourcePosition position) throws ConfigException {
    int known = in.atEnd() ? -1 : ESCAPES.indexOf(in.peek());
    if (known >= 0) {
      in.next();
      return MEANINGS[known];
    }
    boolean hex = in.skip("x");
    int radix = hex ? 16 : 8;
    int value = 0;
    int digits = 0;
    for (; digits < (hex ? 2 : 3) && Character.digit(in.peek(), radix) >= 0; digits++) {
      value = value * radix + Character.digit(in.next(), radix);
    }
    if (digits == 0 || value > 0xff) {
      throw position.error("this escape sequence is unknown");
    }
    return value;
  }
}
