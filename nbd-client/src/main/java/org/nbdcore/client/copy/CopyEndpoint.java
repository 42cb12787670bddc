package org.nbdcore.client.copy;

import java.io.Closeable;
import java.io.IOException;

/** The common part of the source and the destination of a copy. */
public interface CopyEndpoint extends Closeable {

  /** The size in bytes; -1 for a pipe, and for a destination that grows as needed. */
  long size();

  /**
   * The alignment of offsets and lengths in bytes, a power of two. The last request may be shorter.
   */
  default int alignment() {
    return 1;
  }

  /** The maximum length of a read or write, in bytes. */
  default int maximumRequest() {
    return Integer.MAX_VALUE;
  }

  /** The number of connections in use. */
  default int connections() {
    return 1;
  }

  @Override
  void close() throws IOException;
}
