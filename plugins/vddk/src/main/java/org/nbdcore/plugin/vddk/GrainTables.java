package org.nbdcore.plugin.vddk;

import java.io.Closeable;
import java.io.IOException;
import org.nbdcore.spi.ExtentSink;
import org.nbdcore.spi.Flags;
import org.nbdcore.spi.Log;
import org.nbdcore.vmdk.ExtentKind;
import org.nbdcore.vmdk.VmdkDisk;

/**
 * The allocation of a local disk, from the grain tables of its files. QueryAllocatedBlocks is wrong
 * for many local disks and may even report data as holes. VDDK's own reads use the grain tables.
 */
final class GrainTables implements Closeable {

  private final VmdkDisk disk;

  /**
   * The type of a hole. In a single link, a parent may have data in a hole of this link, so it does
   * not read as zeroes.
   */
  private final int hole;

  private GrainTables(VmdkDisk disk, boolean singleLink) {
    this.disk = disk;
    this.hole = singleLink ? ExtentSink.HOLE : ExtentSink.HOLE | ExtentSink.ZERO;
  }

  /**
   * Opens the tables.
   *
   * @param size of the disk, in bytes, as VDDK reports it
   * @return null if they cannot be read; then report the whole disk as data
   */
  static GrainTables open(String path, long size, boolean singleLink, Log log) {
    VmdkDisk disk;
    try {
      disk = VmdkDisks.openDisk(path);
    } catch (IOException e) {
      log.debug("no extents are reported, because its tables cannot be read: " + e.getMessage());
      return null;
    }
    GrainTables tables = new GrainTables(disk, singleLink);
    if (disk.size() != size) {
      log.debug("no extents: the file tells a size of " + disk.size() + ", VDDK one of " + size);
      tables.close();
      return null;
    }
    return tables;
  }

  /** Reports a range; see {@link org.nbdcore.spi.BlockDevice#extents}. */
  void report(long offset, long length, Flags flags, ExtentSink sink) throws IOException {
    boolean one = flags.has(Flags.REQ_ONE);
    disk.extents(offset, length, (at, run, kind) -> sink.add(at, run, type(kind)) && !one);
  }

  private int type(ExtentKind kind) {
    return kind == ExtentKind.DATA ? ExtentSink.DATA : hole;
  }

  @Override
  public void close() {
    try {
      disk.close();
    } catch (IOException e) {
      return; // open for reading only: nothing can be lost
    }
  }
}
