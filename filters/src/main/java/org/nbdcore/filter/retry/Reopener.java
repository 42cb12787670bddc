package org.nbdcore.filter.retry;

import java.io.IOException;
import org.nbdcore.spi.Backend;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.Log;
import org.nbdcore.spi.LostWritesException;
import org.nbdcore.spi.OpenRequest;
import org.nbdcore.spi.helpers.BlockDevices;
import org.nbdcore.spi.helpers.Uninterruptibles;

/**
 * The device of one connection and its replacement. One thread reopens the disk. All others wait
 * for it and share the result, so a failed backend gets one attempt and not one from every request.
 */
final class Reopener {

  private static final Log LOG = Log.of("retry");

  /** A device together with the calls in progress on it. */
  static final class Opened {
    private final BlockDevice device;
    private int users; // guarded by the Reopener

    private Opened(BlockDevice device) {
      this.device = device;
    }

    BlockDevice device() {
      return device;
    }
  }

  /** One reopening, from the failure to its result. All of it is guarded by the Reopener. */
  private static final class Cycle {
    private boolean over;
    private IOException failure;
  }

  private final Backend next;
  private final RetryPolicy policy;
  private final RetryCounters counters;
  private volatile OpenRequest request;
  private volatile boolean readOnly;
  private ExportContract promise; // set before the first call

  // Guarded by this:
  private Opened current;
  private Cycle cycle; // null while no thread reopens
  private LostWritesException loss; // reported by a device that was closed; for the next flush

  Reopener(OpenRequest request, Backend next, RetryPolicy policy, RetryCounters counters) {
    this.request = request;
    this.next = next;
    this.policy = policy;
    this.counters = counters;
  }

  RetryCounters counters() {
    return counters;
  }

  RetryPolicy policy() {
    return policy;
  }

  /** True if the disk was reopened read-only ({@code retry-readonly}). */
  boolean readOnly() {
    return readOnly;
  }

  boolean clientConnected() {
    return request.session().connected();
  }

  /** Opens for the first time, retrying as for any operation. */
  ExportContract open() throws IOException {
    reopen(null, 0, null);
    return promise;
  }

  /** The device to call, or null if the last reopening failed. Ends with {@link #leave}. */
  synchronized Opened enter() throws IOException {
    awaitCycle();
    if (current != null) {
      current.users++;
    }
    return current;
  }

  /**
   * Like {@link #enter}, but does not block, for asynchronous requests. Returns null also while the
   * disk is reopened.
   */
  synchronized Opened enterNow() {
    if (cycle != null || current == null) {
      return null;
    }
    current.users++;
    return current;
  }

  /** Ends a call that {@link #enter} or {@link #enterNow} started. */
  synchronized void leave(Opened opened) {
    opened.users--;
    if (opened.users == 0 && cycle != null) {
      notifyAll();
    }
  }

  /**
   * Replaces a device that failed, unless that has been done meanwhile.
   *
   * @param failed the device, or null if there was none
   * @param failures number of failures of the caller's operation; 0 if it was not tried yet
   * @param failure the last of them, or null
   * @return its number of failures now, including failed opens
   * @throws IOException if no retry is left, or the client has disconnected
   */
  int reopen(Opened failed, int failures, IOException failure) throws IOException {
    synchronized (this) {
      awaitCycle();
      if (current != failed) {
        return failures;
      }
      cycle = new Cycle();
    }
    IOException last = failure;
    try {
      for (int count = failures; ; count++) {
        if (count > policy.retries()) {
          throw last;
        }
        try {
          request.session().sleep(policy.delayAfter(count));
        } catch (IOException e) {
          last = e; // the client has disconnected, so no better reply is needed
          throw e;
        }
        discard();
        try {
          publish(openChecked());
          return count;
        } catch (IOException e) {
          LOG.debug(() -> "opening failed: " + e.getMessage());
          last = e;
        }
      }
    } finally {
      endCycle(last);
    }
  }

  private BlockDevice openChecked() throws IOException {
    BlockDevice device = next.open(request);
    try {
      if (promise == null) {
        promise = ExportContract.of(device);
      } else {
        promise.check(device, readOnly);
        counters.reopened();
        LOG.debug("the disk was reopened");
      }
      return device;
    } catch (IOException | RuntimeException | Error e) {
      BlockDevices.closeAfter(device, e);
      throw e;
    }
  }

  /** Closes the failed device once the calls still in progress on it have returned. */
  private void discard() {
    Opened old;
    synchronized (this) {
      old = current;
      if (old == null) {
        return;
      }
      Uninterruptibles.await(this, () -> old.users == 0);
      current = null;
    }
    if (policy.readOnly()) {
      readOnly = true;
      request = request.withReadOnly(true);
    }
    try {
      old.device.close();
    } catch (LostWritesException e) {
      synchronized (this) {
        loss = e;
      }
    } catch (IOException | RuntimeException e) {
      LOG.debug(() -> "closing the failed disk: " + e.getMessage());
    }
  }

  /**
   * Returns, once, the lost writes that a device reported when it was closed; null if there are
   * none.
   */
  synchronized LostWritesException takeLoss() {
    LostWritesException unreported = loss;
    loss = null;
    return unreported;
  }

  private synchronized void publish(BlockDevice device) {
    current = new Opened(device);
  }

  private synchronized void endCycle(IOException failure) {
    cycle.over = true;
    cycle.failure = current == null ? failure : null;
    cycle = null;
    notifyAll();
  }

  /**
   * Waits for a reopening in progress and fails as it failed. Waiting threads get this result, even
   * if another attempt has started and ended before they wake.
   */
  private void awaitCycle() throws IOException {
    while (cycle != null) {
      Cycle awaited = cycle;
      Uninterruptibles.await(this, () -> awaited.over);
      if (awaited.failure != null) {
        throw awaited.failure;
      }
    }
  }

  /** Closes the device, when no call is in progress. */
  void close() throws IOException {
    Opened last;
    synchronized (this) {
      last = current;
      current = null;
    }
    if (last != null) {
      last.device.close();
    }
    LostWritesException unreported = takeLoss();
    if (unreported != null) {
      throw unreported;
    }
  }
}
