package org.nbdcore.plugin.data;

import java.io.IOException;
import org.nbdcore.spi.ConfigException;

/**
 * A position in the text of a disk, for messages.
 *
 * @param source the parameter or variable
 * @param line counted from 1
 * @param column in bytes, counted from 1
 */
record SourcePosition(String source, int line, int column) {

  /** The position of a byte of {@code text}. */
  static SourcePosition of(String source, byte[] text, int offset) {
    int line = 1;
    int start = 0;
    for (int i = 0; i < offset; i++) {
      if (text[i] == '\n') {
        line++;
        start = i + 1;
      }
    }
    return new SourcePosition(source, line, offset - start + 1);
  }

  /** End position of a text of this length that begins at {@code offset}. */
  long end(long offset, long length) throws IOException {
    if (length > Long.MAX_VALUE - offset) {
      throw failure("the disk ends before " + length + " bytes from " + offset + " on");
    }
    return offset + length;
  }

  private String message(String what) {
    return source + ", line " + line + ", column " + column + ": " + what;
  }

  /** Creates an error for the text at this position. */
  ConfigException error(String what) {
    return new ConfigException(message(what));
  }

  /** Creates an error for the text at this position. */
  IOException failure(String what) {
    return new IOException(message(what));
  }
}
