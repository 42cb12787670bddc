package org.nbdcore.server;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.nbdcore.chain.Chain;
import org.nbdcore.log.ServerLog;
import org.nbdcore.server.failure.Failures;

/**
 * The end of a server: its connections end, then the chain is closed. A layer in use is never
 * closed: if something does not end in time, this reports it and leaves the chain open.
 */
final class Shutdown {

  /** How often it looks for clients that delay the end. */
  private static final long LOOK_MILLIS = 250;

  private static final int MOST_NAMED = 5;

  private final Chain chain;
  private final Set<Connection> connections; // its monitor is notified when one is over
  private final ServerThreads threads;
  private final Duration timeouts;
  private final Duration closePatience;

  Shutdown(Chain chain, Set<Connection> connections, ServerThreads threads, Duration timeouts) {
    this.chain = chain;
    this.connections = connections;
    this.threads = threads;
    this.timeouts = timeouts;
    closePatience = timeouts.compareTo(Timeouts.MOMENT) < 0 ? Timeouts.MOMENT : timeouts;
  }

  /** Ends everything; returns what hangs, or null if nothing does. */
  String run() {
    connections.forEach(Connection::stop);
    if (!awaitConnections(timeouts)) {
      ServerLog.LOG.warn(
          "requests are still in progress after "
              + seconds(timeouts)
              + "; their connections are dropped");
      connections.forEach(Connection::drop);
      boolean quick = closePatience.compareTo(Timeouts.DROPPED) < 0;
      Duration rest = quick ? closePatience : Timeouts.DROPPED;
      if (!awaitConnections(rest)) {
        return hanging(
            String.join(
                ", ", connections.stream().limit(MOST_NAMED).map(Connection::toString).toList()));
      }
    }
    return closeChain();
  }

  private String hanging(String what) {
    String calls = BlockedCalls.describe();
    return what + (calls.isEmpty() ? "" : "; calls that do not return: " + calls);
  }

  private static String seconds(Duration time) {
    return time.toMillis() / 1000.0 + " seconds";
  }

  /** On another thread, so that a layer that hangs cannot keep the server from ending. */
  private String closeChain() {
    FutureTask<Void> closing =
        new FutureTask<>(
            () -> {
              chain.close();
              return null;
            });
    try {
      threads.execute(closing);
    } catch (OutOfMemoryError | RejectedExecutionException e) {
      closing.run();
    }
    try {
      closing.get(closePatience.toNanos(), TimeUnit.NANOSECONDS);
    } catch (ExecutionException e) {
      ServerLog.LOG.error("while stopping: " + Failures.message(e.getCause()));
    } catch (TimeoutException e) {
      return hanging("a plugin or filter does not close within " + seconds(closePatience));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return hanging("the thread that stops the server was interrupted");
    }
    return null;
  }

  private boolean awaitConnections(Duration time) {
    long deadline = System.nanoTime() + time.toNanos();
    synchronized (connections) {
      while (!connections.isEmpty()) {
        long left = deadline - System.nanoTime();
        if (left <= 0) {
          return false;
        }
        try {
          connections.wait(Math.min(LOOK_MILLIS, Math.max(1, left / 1_000_000)));
        } catch (InterruptedException e) {
          return false;
        }
        for (Connection connection : connections) {
          connection.dropIfStalled(Timeouts.LEAVING.toNanos(), "the server is to stop");
        }
      }
      return true;
    }
  }
}
