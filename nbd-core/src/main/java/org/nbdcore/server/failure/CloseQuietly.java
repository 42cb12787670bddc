package org.nbdcore.server.failure;

import java.io.Closeable;
import java.io.IOException;
import org.nbdcore.log.ServerLog;

/** Closes resources when no caller could handle a failure. */
public final class CloseQuietly {

  private CloseQuietly() {}

  public static void quietly(Closeable closeable) {
    try {
      closeable.close();
    } catch (IOException | RuntimeException | Error e) {
      ServerLog.LOG.debug(() -> "while closing: " + e);
    }
  }
}
