package org.nbdcore.plugin.vddk;

import com.sun.jna.Callback;
import com.sun.jna.CallbackThreadInitializer;
import com.sun.jna.Native;

/** Configures how VDDK's own threads are attached to the JVM. */
final class ForeignThreads {

  private ForeignThreads() {}

  /** Keeps a thread attached until it ends, instead of attaching it for each call. */
  static void keepAttached(Callback callback) {
    Native.setCallbackThreadInitializer(
        callback, new CallbackThreadInitializer(true, false, "vddk"));
  }
}
