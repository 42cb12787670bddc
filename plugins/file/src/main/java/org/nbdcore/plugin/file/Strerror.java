package org.nbdcore.plugin.file;

import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;

/** {@code strerror(3)}. */
final class Strerror {

  static {
    Native.register(Strerror.class, NativeLibrary.getProcess());
  }

  private Strerror() {}

  /** The text of an error number, in the language of the process. */
  static native String strerror(int number);
}
