package org.nbdcore.testkit;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.nbdcore.spi.AsyncResult;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.CompletionHandler;
import org.nbdcore.spi.Experimental;
import org.nbdcore.spi.Flags;
import org.nbdcore.spi.helpers.BlockDevices;

/**
 * Waits for the completion of an asynchronous request, as the server does. For one request only.
 */
@Experimental
public final class CompletionProbe implements CompletionHandler {

  /** How long {@link #join} waits by default. */
  static final Duration TIMEOUT = Duration.ofSeconds(60);

  private final Duration timeout;
  private @Nullable AsyncResult result; // this and the rest are guarded by this
  private int completions;
  private boolean accepted; // only the calling thread uses it

  /** Waits for one request, at most 60 seconds. */
  public CompletionProbe() {
    this(TIMEOUT);
  }

  private CompletionProbe(Duration timeout) {
    this.timeout = timeout;
  }

  /** Writes: asynchronously if the device prefers that, otherwise blocking. */
  static CompletionProbe write(BlockDevice device, ByteBuffer src, long offset, Flags flags)
      throws IOException {
    return write(device, src, offset, flags, TIMEOUT);
  }

  /** The same, with another limit for the completion. */
  static CompletionProbe write(
      BlockDevice device, ByteBuffer src, long offset, Flags flags, Duration timeout)
      throws IOException {
    CompletionProbe probe = new CompletionProbe(timeout);
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
  static CompletionProbe read(BlockDevice device, ByteBuffer dst, long offset, Duration timeout)
      throws IOException {
    int end = dst.limit();
    CompletionProbe probe = new CompletionProbe(timeout);
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

  /** True if the device accepted the request asynchronously. */
  boolean accepted() {
    return accepted;
  }

  /**
   * Call this some time after {@link #join}. Checks that an accepted request was completed exactly
   * once, and a declined one never.
   */
  void checkCompletions() {
    int found = completions();
    if (accepted && found != 1) {
      throw completedOften(found);
    }
    if (!accepted && found > 0) {
      throw new AssertionError(
          "an asynchronous request that the device declined completed " + times(found));
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
   * Waits for the completion.
   *
   * @throws IOException if the request failed
   * @throws AssertionError if it does not complete, or completed more than once
   */
  public void join() throws IOException {
    take().join();
  }

  private static AssertionError completedOften(int found) {
    return new AssertionError(
        "the asynchronous request completed " + times(found) + ", but must complete once");
  }

  private static String times(int number) {
    return number == 1 ? "once" : number + " times";
  }

  private synchronized AsyncResult take() {
    long deadline = System.nanoTime() + timeout.toNanos();
    try {
      while (completions == 0) {
        long left = deadline - System.nanoTime();
        if (left <= 0) {
          throw new AssertionError(
              "the asynchronous request did not complete within "
                  + timeout.toMillis() / 1000.0
                  + " seconds; the client waits forever");
        }
        TimeUnit.NANOSECONDS.timedWait(this, left);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted while waiting for the end", e);
    }
    if (completions > 1) {
      throw completedOften(completions);
    }
    return Objects.requireNonNull(result);
  }
}
