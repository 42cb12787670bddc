package org.nbdcore.plugin.vddk;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.nbdcore.spi.Config;
import org.nbdcore.spi.DumpSink;
import org.nbdcore.spi.Log;

/** The lines of {@code --dump-plugin} (nbdkit-vddk-plugin, "DUMP-PLUGIN OUTPUT"). */
final class VddkDump {

  private VddkDump() {}

  /** Loads the library, and says what it is. */
  static void write(Config config, Log log, DumpSink out) {
    Optional<Path> libdir = config.find(VddkParameters.LIBDIR);
    out.put("vddk_default_libdir", LibraryCandidates.DEFAULT_LIBDIR.toString());
    out.put("vddk_has_nfchostport", "1");
    LoadedLibrary library;
    try {
      library = new LibraryLoader(libdir, true, log).load(true);
    } catch (NoLibraryException e) {
      out.error(e.getMessage());
      return;
    }
    out.put("vddk_library_version", Integer.toString(library.major()));
    out.put("vddk_dll", library.file().toString());
    transportModes(library, config, log, out);
    for (VddkFunction function : VddkFunction.values()) {
      out.put(function.symbol(), "1");
    }
  }

  /** Only once it is initialized does VDDK know those that its own plugin brings. */
  private static void transportModes(LoadedLibrary library, Config config, Log log, DumpSink out) {
    Vddk vddk = Vddk.of(library, Optional.empty(), VddkDebug.of(config), log);
    try {
      vddk.initialize(missing -> false);
      out.put("vddk_transport_modes", Vddk.transportModes());
      vddk.exit(0);
    } catch (IOException e) {
      out.error(e.getMessage());
    }
    VddkApi.unbind();
  }
}
