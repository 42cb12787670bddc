package org.nbdcore.plugin.data;

import java.io.IOException;
import java.nio.ByteBuffer;

/** The destination of the bytes of expressions. */
interface ByteTarget {

  /** Writes the bytes between the position and the limit of {@code src}. */
  void write(ByteBuffer src, long offset) throws IOException;

  /** Makes a range read as zeroes; it may be empty. */
  void zero(long offset, long length) throws IOException;
}
