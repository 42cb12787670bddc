package org.nbdcore.server;

import java.time.Duration;

/** How long a stopping server waits. */
final class Patience {

  /** For requests in progress to finish. */
  static final Duration REQUESTS = Duration.ofSeconds(30);

  /** For threads to leave once their connection was dropped. */
  static final Duration DROPPED = Duration.ofSeconds(5);

  private Patience() {}
}
