package org.nbdcore.plugin.vddk;

import com.sun.jna.Pointer;
import org.nbdcore.spi.Log;

/**
 * VixDiskLibInfo.
 *
 * @param biosGeometry cylinders, heads, sectors
 * @param physGeometry cylinders, heads, sectors
 * @param sectors capacity
 * @param adapterType VDDK's number
 * @param links number of links of the disk
 * @param parent the parent's name, or null
 * @param uuid or null
 * @param logicalSectorSize in bytes; 0 if VDDK does not report it
 * @param physicalSectorSize in bytes; 0 if VDDK does not report it
 */
record DiskInfo(
    String biosGeometry,
    String physGeometry,
    long sectors,
    int adapterType,
    int links,
    String parent,
    String uuid,
    int logicalSectorSize,
    int physicalSectorSize) {

  static final int BIOS_GEOMETRY = 0;
  static final int PHYS_GEOMETRY = 12;
  static final int CAPACITY = 24;
  static final int ADAPTER_TYPE = 32;
  static final int NUM_LINKS = 36;
  static final int PARENT_HINT = 40;
  static final int UUID = 48;
  static final int LOGICAL_SECTOR_SIZE = 56;
  static final int PHYSICAL_SECTOR_SIZE = 60;

  /** The first version of VDDK whose structure contains the sector sizes. */
  private static final int SECTOR_SIZES_SINCE = 7;

  /**
   * Copies VDDK's structure.
   *
   * @param major VDDK's major version: before 7, the structure is shorter, and the memory after it
   *     must not be read
   */
  static DiskInfo read(Pointer info, int major) {
    boolean sectorSizes = major >= SECTOR_SIZES_SINCE;
    return new DiskInfo(
        geometry(info, BIOS_GEOMETRY),
        geometry(info, PHYS_GEOMETRY),
        info.getLong(CAPACITY),
        info.getInt(ADAPTER_TYPE),
        info.getInt(NUM_LINKS),
        text(info, PARENT_HINT),
        text(info, UUID),
        sectorSizes ? info.getInt(LOGICAL_SECTOR_SIZE) : 0,
        sectorSizes ? info.getInt(PHYSICAL_SECTOR_SIZE) : 0);
  }

  private static String geometry(Pointer info, int at) {
    return info.getInt(at) + "/" + info.getInt(at + 4L) + "/" + info.getInt(at + 8L);
  }

  private static String text(Pointer info, int at) {
    Pointer text = info.getPointer(at);
    return text == null ? null : text.getString(0, "UTF-8");
  }

  void show(Log log) {
    log.debug(
        "disk info: capacity: " + sectors + " sectors (" + VddkSectors.toBytes(sectors) + ")");
    log.debug("disk info: BIOS geometry (cylinders/heads/sectors): " + biosGeometry);
    log.debug("disk info: physical geometry (cylinders/heads/sectors): " + physGeometry);
    log.debug("disk info: adapter type: " + adapterType);
    log.debug("disk info: num links: " + links);
    log.debug("disk info: parent filename hint: " + (parent == null ? "NULL" : parent));
    log.debug("disk info: uuid: " + (uuid == null ? "NULL" : uuid));
    if (logicalSectorSize != 0 || physicalSectorSize != 0) {
      log.debug("disk info: sector size: logical " + logicalSectorSize);
      log.debug("disk info: sector size: physical " + physicalSectorSize);
    }
  }
}
