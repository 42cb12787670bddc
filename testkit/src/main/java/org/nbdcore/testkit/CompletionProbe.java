package org.nbdcore.testkit;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.nbdcore.spi.AsyncResult;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.CompletionHandler;
import org.nbdcore.spi.Experimental;
import org.nbdcore.spi.Flags;
import org.nbdcore.spi.helpers.BlockDevices;

/** Waits for the end of what a device has accepted, as the server does. For use once. */
@Experimental
public final class CompletionProbe implements CompletionHandler {

  private static final long TIMEOUT_NANOS = TimeUnit.SECONDS.toNanos(60);

  private @Nullable AsyncResult result; // this and the rest are guarded by this
  private int completions;
  private boolean accepted; // the caller's

  /** Writes: begins it and waits if the device prefers that, else calls it. */
  static CompletionProbe write(BlockDevice device, ByteBuffer src, long offset, Flags flags)
      throws IOException {
    CompletionProbe probe = new CompletionProbe();
    if (src.isDirect()
        && BlockDevices.prefersAsync(device)
        && BlockDevices.writeAsync(device, src, offset, flags, probe)) {
      probe.accepted = true;
      probe.join();
    } else {
      device.write(src, offset, flags);
    }
    return probe;
  }

  /** Reads in the same way. */
  static CompletionProbe read(BlockDevice device, ByteBuffer dst, long offset) throws IOException {
    int end = dst.limit();
    CompletionProbe probe = new CompletionProbe();
    if (dst.isDirect()
        && BlockDevices.prefersAsync(device)
        && BlockDevices.readAsync(device, dst, offset, probe)) {
      probe.accepted = true;
      probe.join();
      dst.limit(end).position(end);
    } else {
      device.read(dst, offset);
    }
    return probe;
  }

  /** Checks again, later: each accepted request was completed once, and no other request was. */
  void checkCompletions() {
    int expected = accepted ? 1 : 0;
    if (completions() != expected) {
      throw new AssertionError(
          "a request that was "
              + (accepted ? "" : "not ")
              + "started asynchronously completed "
              + completions()
              + " times");
    }
  }

  @Override
  public synchronized void completed(AsyncResult newResult) {
    result = newResult;
    completions++;
    notifyAll();
  }

  /** Number of completions. */
  public synchronized int completions() {
    return completions;
  }

  /**
   * Waits for the end.
   *
   * @throws IOException if the operation has failed
   * @throws AssertionError if it does not end, or has ended more than once
   */
  public void join() throws IOException {
    take(TIMEOUT_NANOS).join();
  }

  private synchronized AsyncResult take(long timeout) {
    long deadline = System.nanoTime() + timeout;
    try {
      while (completions == 0) {
        long left = deadline - System.nanoTime();
        if (left <= 0) {
          throw new AssertionError("the asynchronous request did not complete");
        }
        TimeUnit.NANOSECONDS.timedWait(this, left);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted while waiting for the end", e);
    }
    if (completions > 1) {
      throw new AssertionError("the asynchronous request completed " + completions + " times");
    }
    return Objects.requireNonNull(result);
  }
}
