package org.nbdcore.server;

import java.time.Duration;

/** Time limits after which the server disconnects clients; see also {@link ServerOptions}. */
final class Timeouts {

  /** For threads to end after their connection is closed; at most the stop timeout. */
  static final Duration DROPPED = Duration.ofSeconds(5);

  /** For work that should take only milliseconds. Also applies if the stop timeout is shorter. */
  static final Duration SHORT_WORK = Duration.ofSeconds(1);

  /** For a stalled client, if other requests wait for its memory. */
  static final Duration STALLED = Duration.ofSeconds(5);

  /** For a client with a slow transfer, if other requests wait for its memory. */
  static final Duration SLOW = Duration.ofSeconds(10);

  /** For a stalled client, during a stop of the server. */
  static final Duration STALLED_AT_STOP = Duration.ofSeconds(3);

  private Timeouts() {}
}
