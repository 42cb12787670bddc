package org.nbdcore.plugin.vddk;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.nbdcore.spi.Log;
import org.nbdcore.spi.NbdException;

/** VDDK, loaded and initialized. There is one for each process; see {@link VddkProcess}. */
final class Vddk {

  /** Time limit for Exit, after which the process ends without it. */
  private static final long EXIT_NANOS = TimeUnit.SECONDS.toNanos(10);

  private final LoadedLibrary library;
  private final Optional<Path> configFile;
  private final Log log;
  private final VddkDebug debug;
  private final VddkLog vddkLog;
  private final CallStats stats = new CallStats();
  private final CallTrace trace;
  private final VddkErrors errors;
  private final LifecycleCalls calls;
  private final LifecycleThread lifecycle;

  /** Disks that are being opened, are open or are being closed; guarded by this. */
  private int users;

  private boolean ended; // guarded by this

  private Vddk(
      LoadedLibrary library,
      LifecycleThread lifecycle,
      Optional<Path> configFile,
      VddkDebug debug,
      Log log) {
    this.library = library;
    this.lifecycle = lifecycle;
    this.configFile = configFile;
    this.debug = debug;
    this.log = log;
    this.vddkLog = new VddkLog(log);
    this.trace = new CallTrace(log, debug);
    this.errors = new VddkErrors(vddkLog, stats);
    this.calls = new LifecycleCalls(library, vddkLog, stats, trace, errors);
  }

  /** Binds to a loaded library. Call {@link #initialize} next. */
  static Vddk of(LoadedLibrary library, Optional<Path> configFile, VddkDebug debug, Log log)
      throws IOException {
    VddkApi.bind(library.file());
    log.debug("loaded " + library.file());
    return new Vddk(library, LifecycleThread.start(log), configFile, debug, log);
  }

  /**
   * Calls InitEx. Call this once in a process.
   *
   * @param excused selects missing libraries that are not logged, because the program will start
   *     again
   */
  void initialize(Predicate<String> excused) throws IOException {
    stats.note().describe(System.getProperty("nbdcore.program", "nbd-core"), name());
    if (!stats.note().install()) {
      log.debug("a crash of VDDK's will leave no note");
    }
    vddkLog.excuse(excused);
    try {
      lifecycle.call(
          () -> {
            calls.initialize(configFile);
            return null;
          });
    } finally {
      vddkLog.excuseNone();
    }
    stats.note().describe(System.getProperty("nbdcore.program", "nbd-core"), name());
  }

  /** The library's file and, once known, its version. */
  private String name() {
    return vddkLog.version() + " (" + library.file() + ")";
  }

  /** The names of libraries that VDDK could not open so far, by its log. */
  List<String> missingLibraries() {
    return vddkLog.missing();
  }

  LoadedLibrary library() {
    return library;
  }

  int major() {
    return library.major();
  }

  CallStats stats() {
    return stats;
  }

  VddkDebug debug() {
    return debug;
  }

  /** True if this library can also serve that configuration. */
  boolean serves(VddkConfig config) {
    return config.configFile().equals(configFile)
        && (config.libdir().isEmpty() || config.libdir().get().equals(library.libdir()));
  }

  @Override
  public String toString() {
    return "libdir="
        + library.libdir()
        + configFile.map(file -> " config=" + file).orElse(" without config=");
  }

  /** The thread that opens and closes disks and queries their blocks. */
  LifecycleThread lifecycle() {
    return lifecycle;
  }

  /** All transports of this VDDK. */
  String transportModes() throws IOException {
    return lifecycle.call(LifecycleCalls::transportModes);
  }

  /** Shows calls under {@code -v}. */
  CallTrace trace() {
    return trace;
  }

  /** Throws the exception for a failed call. */
  void check(VddkFunction function, long result) throws NbdException {
    errors.check(function, result);
  }

  /** Connects and opens a disk; {@link VddkHandle#close} undoes both. */
  VddkHandle open(VddkConfig config, String path, boolean readOnly) throws IOException {
    return callAsUser(() -> calls.open(this, config, path, readOnly), false);
  }

  /**
   * Executes a call on the lifecycle thread. VDDK does not exit before the call has ended.
   *
   * @param leaves true if the disk is closed again when the call has ended; after a failure it
   *     always is
   */
  private <T> T callAsUser(LifecycleThread.Call<T> call, boolean leaves) throws IOException {
    synchronized (this) {
      if (ended) { // Exit is queued after this call, and would find the disk open
        throw LifecycleThread.ended();
      }
      users++;
    }
    boolean done = false;
    try {
      T answer = lifecycle.call(call);
      done = true;
      return answer;
    } finally {
      if (leaves || !done) {
        leave();
      }
    }
  }

  private synchronized void leave() {
    users--;
    notifyAll();
  }

  /** Closes a disk, on the lifecycle thread. */
  private void closeNow(VddkHandle handle) {
    try {
      calls.close(handle);
    } catch (IOException e) {
      log.error("a disk was not closed properly: " + e.getMessage());
    } finally {
      leave();
    }
  }

  /** Queues the close of a disk for the lifecycle thread. Does not wait. */
  void close(VddkHandle handle) {
    try {
      lifecycle.post(() -> closeNow(handle));
    } catch (NbdException e) {
      throw new IllegalStateException("VDDK ends only after its disks are closed", e);
    }
  }

  /** Creates a local disk. */
  void create(VddkConfig config, String path, CreateOptions options) throws IOException {
    callAsUser(
        () -> {
          calls.create(config, path, options);
          return null;
        },
        true);
  }

  /**
   * Calls Exit once every disk is closed, and waits for them at most this long.
   *
   * @return false if the time limit has passed
   */
  boolean exit(long millis) {
    synchronized (this) {
      if (!awaitUsers(TimeUnit.MILLISECONDS.toNanos(millis))) {
        return false;
      }
      if (ended) {
        return true;
      }
      ended = true;
    }
    try {
      lifecycle.end(this::exitNow, EXIT_NANOS);
      return true;
    } catch (IOException e) {
      return false; // Exit hangs, or a call before it
    }
  }

  private synchronized boolean awaitUsers(long nanos) {
    long deadline = System.nanoTime() + nanos;
    while (users > 0) {
      long left = deadline - System.nanoTime();
      if (left <= 0) {
        return false;
      }
      try {
        TimeUnit.NANOSECONDS.timedWait(this, left);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return false;
      }
    }
    return true;
  }

  private Void exitNow() {
    calls.exit();
    if (debug.stats()) {
      stats.show(log);
    }
    return null;
  }
}
