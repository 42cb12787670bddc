package org.nbdcore.plugin.data;

import java.io.IOException;

/**
 * A sequence of bytes that an expression of the language describes. Files are read and commands run
 * once, when the length is first needed. Not safe for use by several threads.
 */
interface Expression {

  /** The length in bytes. Fails if a file or a command fails. */
  long length() throws IOException;

  /** True if all bytes are known to be 0. */
  default boolean blank() throws IOException {
    return length() == 0;
  }

  /**
   * Writes the bytes from {@code from} to {@code to}, exclusive, at {@code at}, and overwrites
   * existing bytes.
   */
  void write(ByteTarget target, long at, long from, long to) throws IOException;
}
