package org.nbdcore.plugin.vddk;

import java.util.List;
import java.util.Locale;

/** How VDDK's library finds the other libraries of its distribution. */
enum LoadMode {
  /** The plugin loads them before VDDK, by their paths. */
  PRELOAD,
  /** The program starts again with LD_LIBRARY_PATH. */
  REEXEC,
  /** The user sets up the library path. */
  NONE;

  static final List<String> WORDS = List.of("preload", "reexec", "none");

  static LoadMode of(String word) {
    return valueOf(word.toUpperCase(Locale.ROOT));
  }
}
