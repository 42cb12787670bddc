package org.nbdcore.filter.scan;

/** Progress of the scan, which all connections share and continue. */
final class ScanProgress {

  private final boolean ahead;
  private final boolean clock;
  private final boolean forever;
  private final long step;

  // Guarded by this:
  private long position;
  private int connections;

  ScanProgress(boolean ahead, boolean clock, boolean forever, long step) {
    this.ahead = ahead;
    this.clock = clock;
    this.forever = forever;
    this.step = step;
  }

  long step() {
    return step;
  }

  /** Records that a client has connected. */
  synchronized void join() {
    if (connections == 0 && !clock) {
      position = 0;
    }
    connections++;
  }

  /** Records that a client has disconnected. */
  synchronized void leave() {
    connections--;
  }

  /** Records that a client has read up to {@code end}. */
  synchronized void read(long end) {
    if (ahead && end > position) {
      position = (end + step - 1) & -step;
    }
  }

  /** Offset of the next step, on a disk of {@code size} bytes; -1 if the scan is complete. */
  synchronized long next(long size) {
    if (position >= size) {
      if (!forever || size == 0) {
        return -1;
      }
      position = 0;
    }
    long at = position;
    position += step;
    return at;
  }
}
