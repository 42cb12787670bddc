package org.nbdcore.server;

import java.io.Closeable;
import java.io.IOException;

/** Closing where nobody is left who could do something about a failure. */
final class CloseQuietly {

  private CloseQuietly() {}

  static void quietly(Closeable closeable) {
    try {
      closeable.close();
    } catch (IOException | RuntimeException | Error e) {
      ServerLog.LOG.debug(() -> "while closing: " + e);
    }
  }
}
