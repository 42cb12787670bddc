package org.nbdcore.plugin.vddk;

import com.sun.jna.Callback;
import com.sun.jna.CallbackThreadInitializer;
import com.sun.jna.Native;

/** How VDDK's own threads enter the JVM. */
final class ForeignThreads {

  private ForeignThreads() {}

  /** Attaches a thread once, until it ends, instead of for each call. */
  static void keepAttached(Callback callback) {
    Native.setCallbackThreadInitializer(
        callback, new CallbackThreadInitializer(true, false, "vddk"));
  }
}
