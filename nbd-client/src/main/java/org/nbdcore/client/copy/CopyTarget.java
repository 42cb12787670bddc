package org.nbdcore.client.copy;

import java.io.IOException;
import java.nio.ByteBuffer;

/** The destination of a copy. Several workers write at once, unless it is {@link #ordered}. */
public interface CopyTarget extends CopyEnd {

  /** Zeroes are worth looking for in blocks of this size, or 0 if they never are. */
  default int preferredHole() {
    return 0;
  }

  /** Whether writes have to come one after the other, in ascending order. */
  default boolean ordered() {
    return false;
  }

  /** Called once before the first write with the source's size, or -1 for a pipe. */
  default void begin(long sourceSize) throws IOException {}

  /** Writes all of {@code src}. */
  void write(int worker, ByteBuffer src, long offset) throws IOException;

  /** Makes a range read as zeroes, as cheaply as it can. */
  void zero(int worker, long offset, long length) throws IOException;

  /** Called once after the last write with the end of the data. */
  default void end(long size) throws IOException {}

  /** Makes all writes durable, if possible. */
  default void flush() throws IOException {}
}
