package org.nbdcore.vmdk;

import java.util.Objects;

/**
 * What a new disk is to be.
 *
 * @param size bytes, a multiple of 512 above 0
 * @param type its kind
 * @param adapter what it is attached to
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

  /** monolithicSparse, for BusLogic and Workstation 5, as VDDK's defaults are in nbdkit. */
  public static VmdkCreateOptions ofSize(long size) {
    return new VmdkCreateOptions(
        size, VmdkType.MONOLITHIC_SPARSE, VmdkAdapter.SCSI_BUSLOGIC, WORKSTATION_5);
  }

  /** The same with another type. */
  public VmdkCreateOptions withType(VmdkType value) {
    return new VmdkCreateOptions(size, value, adapter, hardwareVersion);
  }

  /** The same with another adapter. */
  public VmdkCreateOptions withAdapter(VmdkAdapter value) {
    return new VmdkCreateOptions(size, type, value, hardwareVersion);
  }

  /** The same with another hardware version. */
  public VmdkCreateOptions withHardwareVersion(int value) {
    return new VmdkCreateOptions(size, type, adapter, value);
  }

  long sectors() {
    return size / SparseHeader.SECTOR;
  }
}
