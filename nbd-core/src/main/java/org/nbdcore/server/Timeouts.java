package org.nbdcore.server;

import java.time.Duration;

/** How long the server waits before it drops clients; see also {@link ServerOptions}. */
final class Timeouts {

  /** For threads to end after their connection was closed, or less for a quick stop. */
  static final Duration DROPPED = Duration.ofSeconds(5);

  /** For work that ends by itself within a moment, even during a quick stop. */
  static final Duration MOMENT = Duration.ofSeconds(1);

  /** For a client that has stalled, once others wait for the memory that it keeps. */
  static final Duration STALLED = Duration.ofSeconds(5);

  /** For a slow transfer of a client, while other requests wait for its memory. */
  static final Duration SLOW = Duration.ofSeconds(10);

  /** For a client that has stalled, once the server is to stop. */
  static final Duration LEAVING = Duration.ofSeconds(3);

  private Timeouts() {}
}
