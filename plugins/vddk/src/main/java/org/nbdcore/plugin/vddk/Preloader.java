package org.nbdcore.plugin.vddk;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.nbdcore.spi.Log;

/**
 * Loads VDDK's other libraries before VDDK itself, so that users need not set LD_LIBRARY_PATH.
 *
 * <p>VDDK's libraries refer to each other without a path. The system's loader accepts a library
 * with the same SONAME that is already in the process. So this class loads each library by its
 * absolute path, after those that it needs. A library that the JVM has loaded before is not
 * replaced.
 */
final class Preloader {

  private final Log log;
  private final Set<String> present;

  /**
   * @param present the SONAMEs that are in the process already
   */
  Preloader(Log log, Set<String> present) {
    this.log = log;
    this.present = new HashSet<>(present);
  }

  /** The SONAMEs of the libraries in this process. */
  static Set<String> mapped() throws IOException {
    Set<String> names = new HashSet<>();
    Set<String> seen = new HashSet<>();
    for (String line : Files.readAllLines(Path.of("/proc/self/maps"))) {
      int slash = line.indexOf('/');
      if (slash >= 0 && line.contains(".so") && seen.add(line.substring(slash))) {
        Path file = Path.of(line.substring(slash));
        names.add(file.getFileName().toString());
        try {
          names.add(ElfFile.read(file).soname());
        } catch (IOException e) {
          // Not a library, or deleted since: use the file name.
          continue;
        }
      }
    }
    return names;
  }

  /**
   * Loads what {@code library} needs from its own folder, leaf first, but not the library itself.
   *
   * @throws IOException naming the library that could not be loaded and why
   */
  void dependenciesOf(Path library) throws IOException {
    Path folder = library.toAbsolutePath().getParent();
    for (String name : ElfFile.read(library).needed()) {
      Path file = folder.resolve(name);
      if (!present.contains(name) && Files.isRegularFile(file)) {
        present.add(name);
        try {
          dependenciesOf(file);
          DynamicLoader.open(file.toString());
        } catch (IOException e) {
          throw new IOException("it needs " + name + ": " + e.getMessage(), e);
        }
      }
    }
  }

  /**
   * Loads the other libraries of a folder as well: VDDK opens some of them later, by name alone. A
   * library that cannot be loaded is only logged, because not every session needs it.
   */
  void otherLibrariesIn(Path library) throws IOException {
    Path folder = library.toAbsolutePath().getParent();
    String own = ElfFile.read(library).soname();
    for (Path file : librariesIn(folder)) {
      String soname = sonameOf(file);
      if (soname == null || own.equals(soname) || present.contains(soname)) {
        continue;
      }
      present.add(soname);
      try {
        dependenciesOf(file);
        DynamicLoader.open(file.toString());
      } catch (IOException e) {
        log.debug("not loaded ahead: " + file + ": " + e.getMessage());
      }
    }
  }

  private static String sonameOf(Path file) {
    try {
      return ElfFile.read(file).soname();
    } catch (IOException e) {
      return null; // a linker script, or a library for another processor
    }
  }

  private static List<Path> librariesIn(Path folder) throws IOException {
    List<Path> libraries = new ArrayList<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
      for (Path file : files) {
        String name = file.getFileName().toString();
        if (name.contains(".so") && !name.startsWith("libvixMntapi")) {
          libraries.add(file);
        }
      }
    }
    libraries.sort(null);
    return libraries;
  }
}
