package org.nbdcore.plugin.vddk;

import com.sun.jna.Pointer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.nbdcore.spi.Log;

/** Finds VDDK's library and loads it, with the libraries in the same distribution. */
final class LibraryLoader {

  /** The loader's messages if it found the wrong library or none. */
  private static final Pattern MISSES_SOMETHING =
      Pattern.compile("cannot open shared object file|version `.*' not found|undefined symbol");

  private final Optional<Path> libdir;
  private final Log log;
  private final List<String> attempts = new ArrayList<>();
  private final boolean preload;
  private boolean nothingFound = true;
  private boolean pathMayHelp;

  /**
   * @param preload whether to load the libraries that VDDK needs first
   */
  LibraryLoader(Optional<Path> libdir, boolean preload, Log log) {
    this.libdir = libdir;
    this.preload = preload;
    this.log = log;
  }

  /**
   * Loads the first candidate that works.
   *
   * @param companions whether to also load the libraries that VDDK opens later
   * @throws NoLibraryException listing each candidate and why it failed
   */
  LoadedLibrary load(boolean companions) throws NoLibraryException {
    if (!System.getProperty("os.arch").equals("amd64")
        || !System.getProperty("os.name").equals("Linux")) {
      attempts.add(
          "nothing, because VDDK exists for Linux on x86-64 and this is "
              + System.getProperty("os.name")
              + " on "
              + System.getProperty("os.arch"));
      throw failure();
    }
    for (String candidate : LibraryCandidates.of(libdir)) {
      Optional<LoadedLibrary> loaded =
          candidate.startsWith("/") ? tryFile(Path.of(candidate), companions) : tryName(candidate);
      if (loaded.isPresent()) {
        return loaded.get();
      }
    }
    throw failure();
  }

  private NoLibraryException failure() {
    String place =
        libdir
            .map(dir -> "in libdir=" + dir)
            .orElse("in the default places (libdir= names another)");
    return new NoLibraryException(place, attempts, nothingFound, pathMayHelp);
  }

  private Optional<LoadedLibrary> tryFile(Path file, boolean companions) {
    if (!Files.exists(file)) {
      attempts.add(file + ": " + (Files.isSymbolicLink(file) ? "a dangling link" : "no such file"));
      return Optional.empty();
    }
    nothingFound = false;
    try {
      ElfFile elf = ElfFile.read(file);
      Preloader preloader = new Preloader(log, Preloader.mapped());
      if (preload) {
        preloader.dependenciesOf(file);
      }
      checked(DynamicLoader.open(file.toString()));
      if (companions && preload) {
        preloader.otherLibrariesIn(file);
      }
      Path folder = file.getParent();
      Path root = folder.endsWith("lib64") ? folder.getParent() : folder;
      return Optional.of(new LoadedLibrary(file, root, major(elf.soname())));
    } catch (IOException e) {
      attempts.add(file + ": " + e.getMessage());
      pathMayHelp |= MISSES_SOMETHING.matcher(e.getMessage()).find();
      return Optional.empty();
    }
  }

  /** For users who set LD_LIBRARY_PATH. */
  private Optional<LoadedLibrary> tryName(String name) {
    try {
      Pointer library = checked(DynamicLoader.open(name));
      Path file = DynamicLoader.fileOf(library, "VixDiskLib_InitEx");
      return Optional.of(new LoadedLibrary(file, LibraryCandidates.DEFAULT_LIBDIR, major(name)));
    } catch (IOException e) {
      // The loader's message begins with a file name. If it is another file, then this one was
      // found but could not be loaded.
      boolean absent =
          e.getMessage().startsWith(name + ": ")
              && e.getMessage().endsWith("No such file or directory");
      nothingFound &= absent;
      attempts.add(e.getMessage());
      return Optional.empty();
    }
  }

  private static Pointer checked(Pointer library) throws IOException {
    List<String> missing = new ArrayList<>();
    for (VddkFunction function : VddkFunction.values()) {
      if (!DynamicLoader.has(library, function.symbol())) {
        missing.add(function.symbol());
      }
    }
    if (!missing.isEmpty()) {
      throw new IOException(
          "it lacks " + String.join(", ", missing) + ": VDDK 6.7 or later is needed");
    }
    return library;
  }

  private static int major(String soname) {
    String digits = soname.substring(soname.lastIndexOf('.') + 1);
    return digits.matches("\\d{1,4}") ? Integer.parseInt(digits) : 0;
  }
}
