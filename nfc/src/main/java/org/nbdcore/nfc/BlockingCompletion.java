package org.nbdcore.nfc;

import java.io.IOException;
import java.util.concurrent.CountDownLatch;

/** A completion that a thread can wait for. */
final class BlockingCompletion implements NfcCompletion {

  private final CountDownLatch ended = new CountDownLatch(1);
  private IOException failure;

  @Override
  public void completed(IOException why) {
    failure = why;
    ended.countDown();
  }

  /**
   * Waits until the request has ended, even if the thread is interrupted, because the buffer is in
   * use until then.
   */
  void await() throws IOException {
    boolean interrupted = false;
    while (true) {
      try {
        ended.await();
        break;
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    if (failure != null) {
      throw failure;
    }
  }
}
