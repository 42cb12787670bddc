package org.nbdcore.plugin.vddk;

import java.nio.file.Path;
import java.util.Optional;
import org.nbdcore.spi.DumpSink;
import org.nbdcore.spi.Log;

/** The lines of {@code --dump-plugin} (nbdkit-vddk-plugin, "DUMP-PLUGIN OUTPUT"). */
final class VddkDump {

  private VddkDump() {}

  /** Loads the library without initializing it, and says what it is. */
  static void write(Optional<Path> libdir, Log log, DumpSink out) {
    out.put("vddk_default_libdir", LibraryCandidates.DEFAULT_LIBDIR.toString());
    out.put("vddk_has_nfchostport", "1");
    LoadedLibrary library;
    try {
      library = new LibraryLoader(libdir, true, log).load(false);
    } catch (NoLibraryException e) {
      out.error(e.getMessage());
      return;
    }
    out.put("vddk_library_version", Integer.toString(library.major()));
    out.put("vddk_dll", library.file().toString());
    VddkApi.bind(library.file());
    out.put("vddk_transport_modes", Vddk.transportModes());
    for (VddkFunction function : VddkFunction.values()) {
      out.put(function.symbol(), "1");
    }
  }
}
