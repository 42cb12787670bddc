package org.nbdcore.cli;

import com.sun.jna.Native;

/** The system's own words for why a call failed. */
final class SystemErrors {

  private SystemErrors() {}

  /** Why the last call of this thread through JNA failed: {@code Permission denied}. */
  static String last() {
    return LibC.strerror(Native.getLastError());
  }
}
