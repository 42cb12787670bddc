package org.nbdcore.server;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.nbdcore.log.ServerLog;
import org.nbdcore.server.export.ServedChain;
import org.nbdcore.server.failure.Failures;

/**
 * Shuts a server down: ends its connections, and closes each chain when its last connection has
 * ended. It never closes a layer in use. If something does not end in time, this class reports it
 * and leaves that chain open.
 */
final class Shutdown {

  /** Interval of the search for clients that delay the shutdown. */
  private static final long CHECK_MILLIS = 250;

  private static final int MAX_NAMED = 5;

  private final List<ServedChain> chains;
  private final Set<Connection> connections; // its monitor is notified when a connection has ended
  private final ServerThreads threads;
  private final Duration timeouts;
  private final Duration closeTimeout;

  Shutdown(
      List<ServedChain> chains,
      Set<Connection> connections,
      ServerThreads threads,
      Duration timeouts) {
    this.chains = chains;
    this.connections = connections;
    this.threads = threads;
    this.timeouts = timeouts;
    closeTimeout = timeouts.compareTo(Timeouts.SHORT_WORK) < 0 ? Timeouts.SHORT_WORK : timeouts;
  }

  /** Shuts everything down. Returns what hangs, or null. */
  @Nullable String run() {
    List<String> stuck = new ArrayList<>(endConnections());
    stuck.addAll(closeChains());
    if (stuck.isEmpty()) {
      return null;
    }
    String calls = BlockedCalls.describe();
    return String.join(", ", stuck)
        + (calls.isEmpty() ? "" : "; calls that do not return: " + calls);
  }

  /** Ends the connections. Returns those that hang. */
  private List<String> endConnections() {
    connections.forEach(Connection::stop);
    if (awaitConnections(timeouts)) {
      return List.of();
    }
    ServerLog.LOG.warn(
        "requests are still in progress after "
            + seconds(timeouts)
            + "; their connections are dropped");
    connections.forEach(Connection::drop);
    boolean quick = closeTimeout.compareTo(Timeouts.DROPPED) < 0;
    if (awaitConnections(quick ? closeTimeout : Timeouts.DROPPED)) {
      return List.of();
    }
    return connections.stream().limit(MAX_NAMED).map(Connection::toString).toList();
  }

  private static String seconds(Duration time) {
    return time.toMillis() / 1000.0 + " seconds";
  }

  /**
   * Closes the chains on other threads, so that a hanging layer cannot prevent the shutdown.
   * Returns the chains that do not close in time. Does not wait for chains that a connection still
   * uses.
   */
  private List<String> closeChains() {
    List<String> stuck = new ArrayList<>();
    chains.forEach(chain -> chain.retire(threads));
    long deadline = System.nanoTime() + closeTimeout.toNanos();
    for (ServedChain chain : chains) {
      if (chain.users() > 0) {
        continue;
      }
      try {
        chain.retire(threads).get(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
      } catch (ExecutionException e) {
        ServerLog.LOG.error("while stopping: " + Failures.message(e.getCause()));
      } catch (TimeoutException e) {
        stuck.add(unclosed(chain));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return List.of("the thread that stops the server was interrupted");
      }
    }
    return stuck;
  }

  private String unclosed(ServedChain chain) {
    return chain.state() == ServedChain.State.STARTING
        ? chain + " is still starting"
        : "a plugin or filter of " + chain + " does not close within " + seconds(closeTimeout);
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
          connections.wait(Math.min(CHECK_MILLIS, Math.max(1, left / 1_000_000)));
        } catch (InterruptedException e) {
          return false;
        }
        for (Connection connection : connections) {
          connection.dropIfStalled(Timeouts.STALLED_AT_STOP.toNanos(), "the server is to stop");
        }
      }
      return true;
    }
  }
}
