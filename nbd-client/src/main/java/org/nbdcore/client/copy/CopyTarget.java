package org.nbdcore.client.copy;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * The destination of a copy. Several workers write at the same time, unless it is {@link #ordered}.
 */
public interface CopyTarget extends CopyEndpoint {

  /**
   * The size in bytes of blocks that should become holes if they contain only zeroes; 0 if the
   * destination cannot have holes.
   */
  default int preferredHole() {
    return 0;
  }

  /** True if writes must come one at a time, in ascending order. */
  default boolean ordered() {
    return false;
  }

  /**
   * Called once before the first write.
   *
   * @param sourceSize the size of the source in bytes, or -1 for a pipe
   */
  default void begin(long sourceSize) throws IOException {}

  /**
   * Writes the bytes between the position and the limit of {@code src}.
   *
   * @param worker the calling worker, counted from 0
   * @param offset in bytes
   */
  void write(int worker, ByteBuffer src, long offset) throws IOException;

  /** Makes a range read as zeroes, in the fastest way. */
  void zero(int worker, long offset, long length) throws IOException;

  /**
   * Called once after the last write.
   *
   * @param size the length of the copied data in bytes
   */
  default void end(long size) throws IOException {}

  /** Makes all writes durable, if possible. */
  default void flush() throws IOException {}
}
