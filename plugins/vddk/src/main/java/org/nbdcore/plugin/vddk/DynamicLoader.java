package org.nbdcore.plugin.vddk;

import com.sun.jna.Memory;
import com.sun.jna.Pointer;
import java.io.IOException;
import java.nio.file.Path;
import org.nbdcore.system.LibraryCalls;

/** The system's dynamic loader. */
final class DynamicLoader {

  private DynamicLoader() {}

  /**
   * Loads a library for good.
   *
   * @param name an absolute path, or a name to look for where the loader looks
   * @throws IOException with the loader's own words
   */
  static Pointer open(String name) throws IOException {
    Pointer library = LibraryCalls.dlopen(name, LibraryCalls.RTLD_NOW);
    if (library == null) {
      throw new IOException(LibraryCalls.dlerror());
    }
    return library;
  }

  static boolean has(Pointer library, String symbol) {
    return LibraryCalls.dlsym(library, symbol) != null;
  }

  /** The file that a symbol was loaded from. */
  static Path fileOf(Pointer library, String symbol) throws IOException {
    Memory info = new Memory(32);
    Pointer address = LibraryCalls.dlsym(library, symbol);
    if (address == null || LibraryCalls.dladdr(address, info) == 0) {
      throw new IOException("no symbol " + symbol);
    }
    return Path.of(info.getPointer(0).getString(0));
  }
}
