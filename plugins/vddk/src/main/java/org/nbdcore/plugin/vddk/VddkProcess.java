package org.nbdcore.plugin.vddk;

import java.io.IOException;
import java.util.Optional;
import org.nbdcore.spi.Log;

/** The VDDK of this process. InitEx may be called only once, and Exit at the end of the process. */
final class VddkProcess {

  /** Time that the JVM waits at its end for disks that are still open. */
  private static final long EXIT_MILLIS = 30_000;

  private static Vddk vddk; // guarded by the class
  private static Thread hook; // guarded by the class

  private VddkProcess() {}

  /**
   * Returns the library for a configuration; the first call loads and initializes it.
   *
   * @throws NoLibraryException if there is none that works
   * @throws IOException also if the process has one already, from another libdir or with another
   *     configuration file
   */
  static synchronized Vddk get(VddkConfig config, Log log) throws IOException {
    if (vddk == null) {
      vddk = start(config, log);
      hook = new Thread(() -> exitInShutdownHook(log), "vddk-exit");
      Runtime.getRuntime().addShutdownHook(hook);
    } else if (!vddk.serves(config)) {
      throw new IOException(
          "VDDK can be initialized only once in a process, and is with "
              + vddk
              + ": start another process for "
              + config.libdir().map(dir -> "libdir=" + dir).orElse("the default libdir")
              + config.configFile().map(file -> " config=" + file).orElse(" without config="));
    }
    return vddk;
  }

  private static Vddk start(VddkConfig config, Log log) throws IOException {
    LibraryPath path = LibraryPath.of(config.libdir());
    Optional<LoadMode> loading = config.tuning().loading();
    if (loading.equals(Optional.of(LoadMode.REEXEC)) && !path.set()) {
      throw path.restart("loading=reexec", config);
    }
    boolean preload = loading.orElse(LoadMode.PRELOAD) == LoadMode.PRELOAD && !path.set();
    boolean mayRestart = loading.isEmpty() && !path.set();
    LoadedLibrary library;
    try {
      library = new LibraryLoader(config.libdir(), preload, log).load(true);
    } catch (NoLibraryException e) {
      if (mayRestart && e.pathMayHelp()) {
        throw path.restart(e.getMessage(), config);
      }
      throw e;
    }
    Vddk started = Vddk.of(library, config.configFile(), config.debug(), log);
    IOException failure = null;
    try {
      started.initialize(missing -> mayRestart && path.has(missing));
    } catch (IOException e) {
      failure = e;
    }
    for (String missing : started.missingLibraries()) {
      if (mayRestart && path.has(missing)) {
        if (failure == null) {
          started.exit(0);
        }
        throw path.restart("VDDK cannot open its library " + missing, config);
      }
    }
    if (failure != null) {
      throw failure;
    }
    return started;
  }

  private static void exitInShutdownHook(Log log) {
    Vddk current = current();
    if (current != null && !current.exit(EXIT_MILLIS)) {
      log.warn(
          "VDDK was not ended: disks are still open, or VDDK does not answer; "
              + current.stats().note().inProgress());
    }
  }

  private static synchronized Vddk current() {
    return vddk;
  }

  /**
   * Ends VDDK before the JVM ends, and forgets it, so that another library may be loaded in its
   * place. VDDK itself does not allow that: for tests with several fakes.
   */
  static synchronized void exit() {
    if (vddk != null) {
      Runtime.getRuntime().removeShutdownHook(hook);
      boolean ended = vddk.exit(EXIT_MILLIS);
      vddk = null;
      VddkApi.unbind();
      if (!ended) {
        throw new IllegalStateException("disks are still open");
      }
    }
  }
}
