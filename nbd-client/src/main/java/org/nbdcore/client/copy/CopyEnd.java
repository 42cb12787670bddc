package org.nbdcore.client.copy;

import java.io.Closeable;
import java.io.IOException;

/** What the source and the destination of a copy have in common. */
public interface CopyEnd extends Closeable {

  /** The size in bytes; -1 for a pipe, and for a destination that becomes as large as needed. */
  long size();

  /** Offsets and lengths have to be multiples of it, except at the end; a power of two. */
  default int alignment() {
    return 1;
  }

  /** The longest read or write. */
  default int maximumRequest() {
    return Integer.MAX_VALUE;
  }

  /** Connections in use. */
  default int connections() {
    return 1;
  }

  @Override
  void close() throws IOException;
}
