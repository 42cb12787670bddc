package org.nbdcore.plugin.vddk;

import java.io.IOException;
import org.nbdcore.spi.ExtentSink;
import org.nbdcore.spi.Flags;
import org.nbdcore.spi.Log;

/**
 * The state that all handles of one disk share: the bytes in flight, and the known allocation. The
 * map is kept only while all handles are read-only. An open for writing discards it, and there is
 * no map until the last handle is closed.
 */
final class SharedDisk {

  /** The parameters for finding a disk's allocation. */
  record Settings(Vddk vddk, VddkConfig config, Log log) {}

  private final String path;
  private final Settings settings;
  private final InFlightBudget budget;

  private boolean writable; // guarded by this
  private volatile Boolean queriesWork; // null until tried; written by the lifecycle thread
  private AllocatedBlocks blocks; // null before the first handle; guarded by this
  private ExtentsScanner scanner; // null while there is no map; guarded by this
  private ExtentsMap map; // belongs to the scanner; guarded by this
  private GrainTables tables; // guarded by this
  private boolean tablesTried; // guarded by this

  SharedDisk(String path, Settings settings) {
    this.path = path;
    this.settings = settings;
    budget = new InFlightBudget(settings.config().tuning().inFlight());
  }

  InFlightBudget budget() {
    return budget;
  }

  private boolean local() {
    return !settings.config().remote();
  }

  /** Records that a handle is about to be opened for writing. */
  synchronized void opensForWriting() {
    writable = true;
    discardMap();
  }

  private void discardMap() {
    if (scanner != null) {
      scanner.stop();
      scanner = null;
      map = null;
    }
  }

  /** Registers an opened handle. All handles report the same information about the disk. */
  synchronized void opened(VddkHandle handle, DiskInfo info) {
    if (blocks == null) {
      blocks =
          new AllocatedBlocks(
              info.sectors(),
              settings.config().singleLink(),
              settings.config().debug(),
              settings.log());
      if (!writable && !local()) {
        map = new ExtentsMap(blocks, AllocatedBlocks.MAX_SECTORS);
        scanner = new ExtentsScanner(map, spareHandle(), settings.log());
      }
    }
    if (scanner != null) {
      scanner.add(handle);
    }
  }

  private ExtentsScanner.SpareHandle spareHandle() {
    return settings.config().tuning().scanHandle()
        ? () -> settings.vddk().open(settings.config(), path, true)
        : null;
  }

  /** Removes a handle that is about to be closed. */
  synchronized void closing(VddkHandle handle) {
    if (scanner != null) {
      scanner.remove(handle);
    }
  }

  /** Releases everything, because the last handle is closed. */
  synchronized void abandon() {
    discardMap();
    if (tables != null) {
      tables.close();
      tables = null;
    }
  }

  /** Tests once for each disk whether VDDK supports queries. Call it on the lifecycle thread. */
  void probe(VddkHandle handle) {
    // Without the lock, because a query may take seconds and other threads may close the disk.
    if (!local() && queriesWork == null) {
      queriesWork = blocks().work(handle);
    }
  }

  private synchronized AllocatedBlocks blocks() {
    return blocks;
  }

  /** True if the allocation can be determined. */
  synchronized boolean knowsExtents() {
    return local() ? tables() != null : Boolean.TRUE.equals(queriesWork);
  }

  /** The grain tables of a local disk that is read-only; null if there are none. */
  private GrainTables tables() {
    if (writable && !tablesTried) {
      settings
          .log()
          .debug(
              "extents of "
                  + path
                  + " are not reported, because it may be written (see \"Extents of local files\" in"
                  + " docs/vddk.md)");
    }
    if (!tablesTried) {
      tablesTried = true;
      if (writable) {
        return null;
      }
      tables =
          GrainTables.open(
              path,
              VddkSectors.toBytes(blocks.sectors()),
              settings.config().singleLink(),
              settings.log());
    }
    return writable ? null : tables;
  }

  /** Reports a range; see {@link org.nbdcore.spi.BlockDevice#extents}. */
  void extents(VddkHandle handle, long offset, long length, Flags flags, ExtentSink sink)
      throws IOException {
    GrainTables currentTables;
    ExtentsMap currentMap;
    ExtentsScanner currentScanner;
    synchronized (this) {
      currentTables = local() ? tables() : null;
      currentMap = map;
      currentScanner = scanner;
    }
    if (currentTables != null) {
      currentTables.report(offset, length, flags, sink);
    } else if (local()) {
      sink.add(offset, length, ExtentSink.DATA);
    } else if (currentMap == null || !currentMap.report(offset, length, sink, currentScanner)) {
      blocks.report(handle, offset, length, flags, sink);
    }
  }
}
