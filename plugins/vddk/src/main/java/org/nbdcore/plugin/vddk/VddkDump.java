package org.nbdcore.plugin.vddk;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.nbdcore.spi.Config;
import org.nbdcore.spi.DumpSink;
import org.nbdcore.spi.Log;

/** The lines of {@code --dump-plugin} (nbdkit-vddk-plugin, "DUMP-PLUGIN OUTPUT"). */
final class VddkDump {

  /** Capabilities of a disk, besides reading, with the names of nbdkit's plugin. */
  private static final List<String> CALLBACKS =
      List.of(
          "unload",
          "config_complete",
          "get_ready",
          "after_fork",
          "close",
          "block_size",
          "can_flush",
          "can_extents",
          "can_fua",
          "pwrite",
          "flush",
          "extents");

  private VddkDump() {}

  /** Loads the library, and prints its properties. */
  static void write(Config config, Log log, DumpSink out) {
    Optional<Path> libdir = config.find(VddkParameters.LIBDIR);
    for (String callback : CALLBACKS) {
      out.put("has_" + callback, "1");
    }
    out.put("vddk_default_libdir", LibraryCandidates.DEFAULT_LIBDIR.toString());
    out.put("vddk_has_nfchostport", "1");
    out.put("vddk_has_fnm_pathname", "0"); // a star matches slashes too
    LoadedLibrary library;
    try {
      library = new LibraryLoader(libdir, true, log).load(true);
    } catch (NoLibraryException e) {
      reportMissing(libdir, e, out);
      return;
    }
    out.put("vddk_library_version", Integer.toString(library.major()));
    out.put("vddk_dll", resolved(library.file()).toString());
    transportModes(library, config, log, out);
    for (VddkFunction function : VddkFunction.values()) {
      out.put(function.symbol(), "1");
    }
  }

  /**
   * Reports a missing library as an error only with {@code libdir=}, because programs call {@code
   * --dump-plugin} without it to find out whether the plugin exists.
   */
  private static void reportMissing(
      Optional<Path> libdir, NoLibraryException failure, DumpSink out) {
    if (libdir.isPresent()) {
      out.failed(failure.getMessage());
    } else if (!failure.nothingFound()) {
      out.error(failure.getMessage());
    }
  }

  private static Path resolved(Path file) {
    try {
      return file.toRealPath();
    } catch (IOException e) {
      return file; // the loader has found it in a folder that this process cannot read
    }
  }

  /** Initializes VDDK, because only then it knows the transports of its plugin. */
  private static void transportModes(LoadedLibrary library, Config config, Log log, DumpSink out) {
    try {
      Vddk vddk = Vddk.of(library, Optional.empty(), VddkDebug.of(config), log);
      vddk.initialize(missing -> false);
      out.put("vddk_transport_modes", vddk.transportModes());
      vddk.exit(0);
    } catch (IOException e) {
      out.error(e.getMessage());
    }
    VddkApi.unbind();
  }
}
