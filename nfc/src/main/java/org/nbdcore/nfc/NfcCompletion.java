package org.nbdcore.nfc;

import java.io.IOException;

/** Receives the result of an asynchronous request. */
@FunctionalInterface
public interface NfcCompletion {
  /**
   * Called once when the request has completed. The caller may then reuse the buffer. May be called
   * on the disk's own thread or on the thread that submitted the request; do not block in it and do
   * not throw.
   *
   * @param failure why the request failed, or null if it succeeded
   */
  void completed(IOException failure);
}
