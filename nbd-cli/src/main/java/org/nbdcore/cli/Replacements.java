package org.nbdcore.cli;

import java.io.IOException;
import java.time.Duration;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.nbdcore.log.ExceptionText;
import org.nbdcore.server.NbdServer;
import org.nbdcore.server.ServerExport;
import org.nbdcore.spi.DeviceThread;
import org.nbdcore.spi.Log;
import org.nbdcore.spi.helpers.SpareThread;

/**
 * Starts the chains of new exports, each on its own thread, so that a hanging chain does not affect
 * the others. For one thread at a time.
 */
final class Replacements {

  private static final Log LOG = Log.of("");

  private final Duration timeout;
  private final Map<String, Thread> threads = new LinkedHashMap<>();
  private final Set<String> failed = ConcurrentHashMap.newKeySet();

  /**
   * Creates an empty set of replacements.
   *
   * @param timeout how long to wait for all
   */
  Replacements(Duration timeout) {
    this.timeout = timeout;
  }

  /** True if the chain of an earlier replacement is still starting. */
  boolean starting(String name) {
    threads.values().removeIf(thread -> !thread.isAlive());
    return threads.containsKey(name);
  }

  /** Begins to replace an export, or to add it. */
  void begin(NbdServer server, ServerExport export) {
    failed.remove(export.name());
    Thread thread = DeviceThread.of(() -> replace(server, export), "nbd-reload " + export.name());
    thread.setDaemon(true);
    try {
      SpareThread.startUnlessLast(thread);
      threads.put(export.name(), thread);
    } catch (OutOfMemoryError e) {
      replace(server, export); // no further thread is possible
    }
  }

  private void replace(NbdServer server, ServerExport export) {
    boolean done = false;
    try {
      server.replaceExport(export);
      done = true;
    } catch (IOException | RuntimeException e) {
      LOG.error("the export '" + export.name() + "' is not replaced: " + ExceptionText.of(e));
    } finally {
      if (!done) {
        failed.add(export.name());
      }
    }
  }

  /** Waits for all starts. Returns the exports whose start has failed or exceeds the time limit. */
  Set<String> await() {
    long deadline = System.nanoTime() + timeout.toNanos();
    Set<String> late = new HashSet<>();
    for (Map.Entry<String, Thread> entry : threads.entrySet()) {
      try {
        long millis = (deadline - System.nanoTime()) / 1_000_000;
        entry.getValue().join(Math.max(1, millis));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt(); // then only check without waiting
      }
      if (entry.getValue().isAlive()) {
        LOG.warn("the export '" + entry.getKey() + "' is still starting");
        late.add(entry.getKey());
      }
    }
    late.addAll(failed);
    failed.clear();
    return late;
  }
}
