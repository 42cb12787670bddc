package org.nbdcore.nfc;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Splits a long request into pieces. The request completes when all pieces have; it fails with
 * their first failure.
 */
final class RequestParts implements NfcCompletion {

  /** Submits one piece. */
  interface Submission {
    void submit(ByteBuffer piece, long offset, NfcCompletion completion);
  }

  private final AtomicInteger left;
  private final AtomicReference<IOException> failure = new AtomicReference<>();
  private final NfcCompletion completion;

  private RequestParts(int count, NfcCompletion completion) {
    this.left = new AtomicInteger(count);
    this.completion = completion;
  }

  static void split(
      ByteBuffer buffer,
      long offset,
      int longest,
      NfcCompletion completion,
      Submission submission) {
    int start = buffer.position();
    int length = buffer.remaining();
    if (length <= longest) {
      submission.submit(buffer, offset, completion);
      return;
    }
    RequestParts pieces = new RequestParts((length + longest - 1) / longest, completion);
    for (int done = 0; done < length; done += longest) {
      submission.submit(
          buffer.slice(start + done, Math.min(longest, length - done)), offset + done, pieces);
    }
  }

  @Override
  public void completed(IOException why) {
    if (why != null) {
      failure.compareAndSet(null, why);
    }
    if (left.decrementAndGet() == 0) {
      completion.completed(failure.get());
    }
  }
}
