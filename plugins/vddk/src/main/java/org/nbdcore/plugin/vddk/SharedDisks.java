package org.nbdcore.plugin.vddk;

import java.util.HashMap;
import java.util.Map;

/** The open disks by their paths. A disk is removed with its last handle. */
final class SharedDisks {

  private static final class Entry {
    final SharedDisk disk;
    int users;

    Entry(SharedDisk disk) {
      this.disk = disk;
    }
  }

  private final Map<String, Entry> entries = new HashMap<>(); // guarded by this

  /** Registers a user of a disk, before the disk is opened. */
  SharedDisk join(String path, boolean readOnly, SharedDisk.Settings settings) {
    SharedDisk disk;
    synchronized (this) {
      Entry entry = entries.computeIfAbsent(path, key -> new Entry(new SharedDisk(path, settings)));
      entry.users++;
      disk = entry.disk;
    }
    if (!readOnly) {
      disk.opensForWriting();
    }
    return disk;
  }

  /** Removes a user of a disk, after the disk was closed. */
  void leave(String path) {
    SharedDisk last = null;
    synchronized (this) {
      Entry entry = entries.get(path);
      if (--entry.users == 0) {
        entries.remove(path);
        last = entry.disk;
      }
    }
    if (last != null) {
      last.abandon();
    }
  }
}
