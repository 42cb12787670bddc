package org.nbdcore.plugin.cdi;

import java.io.IOException;

/** Waits before a request is repeated. */
@FunctionalInterface
interface RetryDelay {

  /** Waits for at least this many nanoseconds. */
  void sleep(long nanos) throws IOException;
}
