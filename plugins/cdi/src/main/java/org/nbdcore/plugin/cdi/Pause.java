package org.nbdcore.plugin.cdi;

import java.io.IOException;

/** Waits before a request is repeated. */
@FunctionalInterface
interface Pause {

  /** Waits at least so many nanoseconds. */
  void sleep(long nanos) throws IOException;
}
