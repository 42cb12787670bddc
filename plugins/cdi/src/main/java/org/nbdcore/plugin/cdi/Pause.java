package org.nbdcore.plugin.cdi;

import java.io.IOException;

/** Waits before a request is repeated. */
@FunctionalInterface
interface Pause {

  /** Waits for at least this many nanoseconds. */
  void sleep(long nanos) throws IOException;
}
