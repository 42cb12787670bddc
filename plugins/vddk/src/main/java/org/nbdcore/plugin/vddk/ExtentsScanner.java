package org.nbdcore.plugin.vddk;

import java.io.IOException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.nbdcore.spi.Log;
import org.nbdcore.spi.helpers.SpareThread;
import org.nbdcore.spi.helpers.Uninterruptibles;

/**
 * Fills an {@link ExtentsMap}, slice by slice, on its own thread, which starts with the first
 * query. Requested slices come first. Then the scan continues after them, between reads, because on
 * real servers a query takes a second and blocks reads of the same handle.
 */
final class ExtentsScanner {

  /** After a query, the scan pauses for this multiple of the query's time while there are reads. */
  private static final int READS_SHARE = 2;

  /** Opens a separate handle. */
  interface SpareHandle {
    /** Opens it; the scanner closes it. */
    VddkHandle open() throws IOException;
  }

  private final ExtentsMap map;
  private final SpareHandle spare;
  private final Log log;
  private final List<VddkHandle> handles = new ArrayList<>(); // guarded by this
  private Thread thread; // guarded by this
  private final BitSet awaited = new BitSet(); // requested slices; guarded by this
  private int last; // the last requested slice; guarded by this
  private boolean stopped; // guarded by this
  private IOException failure; // of the last query; guarded by this
  private long failures; // number of failures reported to waiting threads; guarded by this

  /**
   * @param spare opens a separate handle for the scan; null to use the handles of the connections
   */
  ExtentsScanner(ExtentsMap map, SpareHandle spare, Log log) {
    this.map = map;
    this.spare = spare;
    this.log = log;
  }

  /** Adds the handle of a connection, for queries. */
  synchronized void add(VddkHandle handle) {
    handles.add(handle);
  }

  /** Removes a handle that is about to be closed. A query with it may still be in progress. */
  synchronized void remove(VddkHandle handle) {
    handles.remove(handle);
  }

  /**
   * Ends the scan permanently, and wakes the waiting threads. Does not wait for the query in
   * progress.
   */
  synchronized void stop() {
    stopped = true;
    notifyAll();
  }

  /**
   * Waits for a slice.
   *
   * @return null if the scan was stopped
   * @throws IOException if the query failed with every handle
   */
  synchronized BlockRuns await(int index) throws IOException {
    long failuresBefore = failures;
    if (map.slice(index) == null && !stopped) {
      awaited.set(index);
      startThread();
      notifyAll();
      Uninterruptibles.await(
          this, () -> map.slice(index) != null || stopped || failures != failuresBefore);
    }
    BlockRuns runs = map.slice(index);
    if (runs == null && !stopped) {
      throw new IOException(failure.getMessage(), failure);
    }
    return stopped ? null : runs;
  }

  private void startThread() {
    if (thread == null) {
      Thread fresh = new Thread(this::run, "vddk-extents");
      fresh.setDaemon(true);
      SpareThread.startUnlessLast(fresh);
      thread = fresh; // only now: if no thread can be started, the next query tries again
    }
  }

  private void run() {
    VddkHandle own = null;
    long pauseNanos = 0;
    try {
      for (int index = next(0, null); index >= 0; index = next(pauseNanos, own)) {
        long begin = System.nanoTime();
        try {
          if (own == null && spare != null) {
            own = spare.open();
          }
          scan(index, own);
        } catch (IOException e) {
          failed(e);
          own =
              closeSpare(own); // its connection may be broken; the next query opens another handle
        } catch (RuntimeException | Error e) {
          failed(new IOException("the extents scan failed: " + e, e));
        }
        pauseNanos = READS_SHARE * (System.nanoTime() - begin);
      }
    } finally {
      closeSpare(own);
    }
  }

  /** Closes the handle, if there is one. Returns null. */
  private static VddkHandle closeSpare(VddkHandle own) {
    if (own != null) {
      own.close();
    }
    return null;
  }

  private synchronized void failed(IOException e) {
    log.debug("extents scan: " + e.getMessage());
    failure = e;
    failures++;
    awaited.clear();
    notifyAll();
  }

  /** Waits until the next query is due, and returns its slice; -1 at the end. */
  private synchronized int next(long pauseNanos, VddkHandle own) {
    long deadline = System.nanoTime() + pauseNanos;
    boolean interrupted = false;
    while (true) {
      if (stopped) {
        return end();
      }
      if (!awaited.isEmpty()) {
        last = awaited.nextSetBit(0);
        return last;
      }
      int ahead = firstUnknownFrom(last);
      if (ahead < 0) {
        return end();
      }
      long left = deadline - System.nanoTime();
      boolean mayGoOn = failure == null && !interrupted;
      if (mayGoOn && (left <= 0 || own != null || idleHandle() != null)) {
        return ahead;
      }
      try {
        // After a failure only a new query continues the scan.
        wait(mayGoOn ? TimeUnit.NANOSECONDS.toMillis(left) + 1 : 0);
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
  }

  private int end() {
    thread = null;
    notifyAll();
    return -1;
  }

  /** Searches upwards with wrap-around, because clients query in ascending order. */
  private int firstUnknownFrom(int start) {
    for (int i = 0; i < map.slices(); i++) {
      int index = (start + i) % map.slices();
      if (map.slice(index) == null) {
        return index;
      }
    }
    return -1;
  }

  private VddkHandle idleHandle() {
    for (VddkHandle handle : handles) {
      if (handle.idle()) {
        return handle;
      }
    }
    return null;
  }

  private void scan(int index, VddkHandle own) throws IOException {
    if (own != null) {
      map.scan(index, own);
    } else {
      scanWithAnyOf(candidates(), index);
    }
    synchronized (this) {
      failure = null;
      awaited.clear(index);
      notifyAll();
    }
  }

  /** The connections' handles, idle ones first. */
  private synchronized List<VddkHandle> candidates() {
    List<VddkHandle> candidates = new ArrayList<>(handles);
    VddkHandle idle = idleHandle();
    if (idle != null) {
      candidates.remove(idle);
      candidates.add(0, idle);
    }
    return candidates;
  }

  private void scanWithAnyOf(List<VddkHandle> candidates, int index) throws IOException {
    IOException last = new IOException("the extents scan has no handle left");
    for (VddkHandle handle : candidates) {
      try {
        map.scan(index, handle);
        return;
      } catch (IOException e) {
        last = e; // its connection may be broken or closed
      }
    }
    throw last;
  }
}
