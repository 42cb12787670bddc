package org.nbdcore.plugin.vddk;

import com.sun.jna.Callback;
import com.sun.jna.CallbackThreadInitializer;
import com.sun.jna.Native;

/** Configures how VDDK's own threads are attached to the JVM. */
final class ForeignThreads {

  private ForeignThreads() {}

  /** Attaches a thread once, until it ends, instead of for each call. */
  static void keepAttached(Callback callback) {
    Native.setCallbackThreadInitializer(
        callback, new CallbackThreadInitializer(true, false, "vddk"));
  }
}
