package org.nbdcore.plugin.vddk;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Possible files of VDDK's library, in the order of the search. */
final class LibraryCandidates {

  /** The folder of packaged VDDK; used without {@code libdir=}. */
  static final Path DEFAULT_LIBDIR = Path.of("/usr/lib64/vmware-vix-disklib");

  private static final String NAME = "libvixDiskLib.so";
  private static final int NEWEST = 9;
  private static final int OLDEST = 6;

  private LibraryCandidates() {}

  /**
   * The libraries to try: absolute paths and, without {@code libdir=}, names for the loader's own
   * search.
   */
  static List<String> of(Optional<Path> libdir) {
    Path folder = libdir.orElse(DEFAULT_LIBDIR);
    List<String> candidates = new ArrayList<>();
    for (int major = NEWEST; major >= OLDEST; major--) {
      candidates.add(folder.resolve("lib64").resolve(NAME + "." + major).toString());
      candidates.add(folder.resolve(NAME + "." + major).toString());
    }
    candidates.add(folder.resolve("lib64").resolve(NAME).toString());
    candidates.add(folder.resolve(NAME).toString());
    for (int major = NEWEST; major >= OLDEST && libdir.isEmpty(); major--) {
      candidates.add(NAME + "." + major);
    }
    return candidates;
  }
}
