package org.nbdcore.plugin.vddk;

import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Pointer;
import java.io.IOException;
import java.nio.file.Path;

/** The system's dynamic loader. */
final class DynamicLoader {

  private static final int RTLD_NOW = 2;

  static {
    Native.register(DynamicLoader.class, NativeLibrary.getProcess());
  }

  private DynamicLoader() {}

  private static native Pointer dlopen(String file, int flags);

  private static native String dlerror();

  private static native Pointer dlsym(Pointer library, String symbol);

  private static native int dladdr(Pointer address, Pointer info);

  /**
   * Loads a library permanently.
   *
   * @param name an absolute path, or a name to find in the loader's search path
   * @throws IOException with the loader's message
   */
  static Pointer open(String name) throws IOException {
    Pointer library = dlopen(name, RTLD_NOW);
    if (library == null) {
      throw new IOException(dlerror());
    }
    return library;
  }

  static boolean has(Pointer library, String symbol) {
    return dlsym(library, symbol) != null;
  }

  /** The file that a symbol was loaded from. */
  static Path fileOf(Pointer library, String symbol) throws IOException {
    Memory info = new Memory(32);
    Pointer address = dlsym(library, symbol);
    if (address == null || dladdr(address, info) == 0) {
      throw new IOException("no symbol " + symbol);
    }
    return Path.of(info.getPointer(0).getString(0));
  }
}
