package org.nbdcore.plugin.vddk;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.nbdcore.spi.RestartRequiredException;

/**
 * Handles LD_LIBRARY_PATH, which the system's loader reads only when a process starts. VDDK opens
 * some of its libraries by name, and needs it to find them.
 */
final class LibraryPath {

  private static final String NAME = "LD_LIBRARY_PATH";

  private final Optional<Path> folder;
  private final String current;

  /**
   * @param libdir the folder of VDDK's distribution
   * @param current the variable's value, or null
   */
  LibraryPath(Optional<Path> libdir, String current) {
    this.folder =
        LibraryCandidates.of(libdir).stream()
            .filter(candidate -> candidate.startsWith("/"))
            .map(Path::of)
            .filter(Files::exists)
            .map(Path::getParent)
            .findFirst();
    this.current = current == null ? "" : current;
  }

  static LibraryPath of(Optional<Path> libdir) {
    return new LibraryPath(libdir, System.getenv(NAME));
  }

  /** True if it already contains VDDK's folder, or if there is no such folder. */
  boolean set() {
    return folder.isEmpty() || List.of(current.split(":")).contains(folder.get().toString());
  }

  /** True if VDDK's folder contains a library with that name. */
  boolean has(String library) {
    return folder.isPresent() && Files.exists(folder.get().resolve(library));
  }

  /** Creates the exception that makes the server start its program again with this path. */
  RestartRequiredException restart(String reason, VddkConfig config) {
    String path = folder.orElseThrow() + (current.isEmpty() ? "" : ":" + current);
    return new RestartRequiredException(
        reason,
        Map.of(NAME, path),
        config.login().map(login -> Map.of("password", login.password())).orElse(Map.of()));
  }
}
