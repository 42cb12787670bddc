package org.nbdcore.vmdk;

import java.io.Closeable;
import java.io.IOException;

/** Closes several resources together. */
final class Closeables {

  private Closeables() {}

  /** Closes all of them, and then throws the first failure, if any. */
  static void closeAll(Iterable<? extends Closeable> closeables) throws IOException {
    IOException failure = null;
    for (Closeable each : closeables) {
      try {
        each.close();
      } catch (IOException e) {
        if (failure == null) {
          failure = e;
        } else {
          failure.addSuppressed(e);
        }
      }
    }
    if (failure != null) {
      throw failure;
    }
  }
}
