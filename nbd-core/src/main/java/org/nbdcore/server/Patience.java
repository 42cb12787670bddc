package org.nbdcore.server;

import java.time.Duration;

/** How long the server waits before it drops clients. */
final class Patience {

  /** For requests in progress to finish. */
  static final Duration REQUESTS = Duration.ofSeconds(30);

  /** For threads to leave once their connection was dropped. */
  static final Duration DROPPED = Duration.ofSeconds(5);

  /** For a client that has stalled, once others wait for the memory that it keeps. */
  static final Duration STALLED = Duration.ofSeconds(5);

  /** For a client that has stalled, once the server is to stop. */
  static final Duration LEAVING = Duration.ofSeconds(3);

  private Patience() {}
}
