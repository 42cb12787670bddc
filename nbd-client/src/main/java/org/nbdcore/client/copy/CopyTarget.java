package org.nbdcore.client.copy;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;

/** The destination of a copy. Several workers write at once, unless it is {@link #ordered}. */
public interface CopyTarget extends Closeable {

  /** The size in bytes, or -1 if it becomes as large as needed. */
  long size();

  /** Offsets and lengths have to be multiples of it, except at the end; a power of two. */
  int alignment();

  /** The longest write. */
  int maximumRequest();

  /** Zeroes are worth looking for in blocks of this size, or 0 if they never are. */
  int preferredHole();

  /** Connections in use. */
  default int connections() {
    return 1;
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

  @Override
  void close() throws IOException;
}
