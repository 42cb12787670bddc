package org.nbdcore.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import org.nbdcore.spi.FileNames;
import org.nbdcore.spi.Log;

/**
 * Detects changes of a file, also through symbolic links, by checking it once a second. The
 * system's notifications miss changes on network file systems and behind links, as in a ConfigMap
 * of Kubernetes.
 */
final class FileWatch {

  private static final Log LOG = Log.of("");
  private static final long INTERVAL_MILLIS = 1000;

  private final Path file;
  private final Runnable changed;
  private String reported;
  private String last;

  /**
   * Records the current state of the file.
   *
   * @param changed called when the file differs, and two consecutive checks have found the same
   *     state
   */
  FileWatch(Path file, Runnable changed) {
    this.file = file;
    this.changed = changed;
    reported = state();
    last = reported;
  }

  /** Watches a file permanently, on its own thread. */
  static void start(String file, Runnable changed) {
    FileWatch watch = new FileWatch(FileNames.path(file), changed);
    Thread thread = new Thread(watch::watchForever, "nbd-config-watch");
    thread.setDaemon(true);
    thread.start();
  }

  private void watchForever() {
    try {
      while (true) {
        Thread.sleep(INTERVAL_MILLIS);
        check();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // does not happen
    }
  }

  /**
   * Checks the file once. A file that is still being written is reported when it no longer changes.
   */
  void check() {
    String now = state();
    boolean stays = now.equals(last);
    last = now;
    if (stays && !now.equals(reported)) {
      reported = now;
      try {
        changed.run();
      } catch (RuntimeException e) {
        LOG.error("reloading " + file + ": " + e, e);
      }
    }
  }

  private String state() {
    try {
      BasicFileAttributes state = Files.readAttributes(file, BasicFileAttributes.class);
      return state.lastModifiedTime() + " " + state.size() + " " + state.fileKey();
    } catch (IOException e) {
      return reported == null ? "missing" : reported; // while it is replaced, or for longer
    }
  }
}
