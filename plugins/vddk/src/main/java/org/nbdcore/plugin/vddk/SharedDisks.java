package org.nbdcore.plugin.vddk;

import java.util.HashMap;
import java.util.Map;

/** The disks that are open, by their paths; one is forgotten with its last handle. */
final class SharedDisks {

  private static final class Entry {
    final SharedDisk disk;
    int users;

    Entry(SharedDisk disk) {
      this.disk = disk;
    }
  }

  private final Map<String, Entry> entries = new HashMap<>(); // guarded by this
  private final long inFlight;

  /**
   * @param inFlight how many bytes may be in flight to one disk
   */
  SharedDisks(long inFlight) {
    this.inFlight = inFlight;
  }

  /** Joins those who use a disk. */
  synchronized SharedDisk join(String path) {
    Entry entry = entries.computeIfAbsent(path, key -> new Entry(new SharedDisk(inFlight)));
    entry.users++;
    return entry.disk;
  }

  /** Leaves again. */
  synchronized void leave(String path) {
    Entry entry = entries.get(path);
    if (--entry.users == 0) {
      entries.remove(path);
    }
  }
}
