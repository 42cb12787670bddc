package org.nbdcore.vmdk;

import java.util.Objects;

/**
 * Options for a new disk.
 *
 * @param size bytes, a multiple of 512 above 0
 * @param type kind of the disk
 * @param adapter adapter that the disk is for
 * @param hardwareVersion of the virtual machine; see the table in docs/vmdk.md
 */
public record VmdkCreateOptions(
    long size, VmdkType type, VmdkAdapter adapter, int hardwareVersion) {

  private static final int WORKSTATION_5 = 4;

  /** Checks the size. */
  public VmdkCreateOptions {
    Objects.requireNonNull(type, "type");
    Objects.requireNonNull(adapter, "adapter");
    if (size <= 0 || size % SparseHeader.SECTOR != 0) {
      throw new IllegalArgumentException("size must be a multiple of 512 above 0, not " + size);
    }
  }

  /**
   * Returns the defaults of nbdkit's vddk plugin: monolithicSparse, for BusLogic and Workstation 5.
   */
  public static VmdkCreateOptions ofSize(long size) {
    return new VmdkCreateOptions(
        size, VmdkType.MONOLITHIC_SPARSE, VmdkAdapter.SCSI_BUSLOGIC, WORKSTATION_5);
  }

  /** Returns a copy with another type. */
  public VmdkCreateOptions withType(VmdkType value) {
    return new VmdkCreateOptions(size, value, adapter, hardwareVersion);
  }

  /** Returns a copy with another adapter. */
  public VmdkCreateOptions withAdapter(VmdkAdapter value) {
    return new VmdkCreateOptions(size, type, value, hardwareVersion);
  }

  /** Returns a copy with another hardware version. */
  public VmdkCreateOptions withHardwareVersion(int value) {
    return new VmdkCreateOptions(size, type, adapter, value);
  }

  long sectors() {
    return size / SparseHeader.SECTOR;
  }
}
