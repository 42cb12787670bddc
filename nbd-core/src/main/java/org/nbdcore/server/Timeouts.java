package org.nbdcore.server;

import java.time.Duration;

/** How long the server waits before it drops clients; see also {@link ServerOptions}. */
final class Timeouts {

  /**
   * For threads to leave once their connection was dropped, or less where a stop is to be quick.
   */
  static final Duration DROPPED = Duration.ofSeconds(5);

  /**
   * For what is to end by itself and needs no more than a moment, however quick a stop is to be.
   */
  static final Duration MOMENT = Duration.ofSeconds(1);

  /** For a client that has stalled, once others wait for the memory that it keeps. */
  static final Duration STALLED = Duration.ofSeconds(5);

  /** For a client's transfer that goes on, but slowly, once others wait for its memory. */
  static final Duration SLOW = Duration.ofSeconds(10);

  /** For a client that has stalled, once the server is to stop. */
  static final Duration LEAVING = Duration.ofSeconds(3);

  private Timeouts() {}
}
