package org.nbdcore.vmdk;

import java.util.Objects;

/** Options for a new disk: one immutable value. */
public final class VmdkCreateOptions {

  private static final int WORKSTATION_5 = 4;

  private final long size;
  private final VmdkType type;
  private final VmdkAdapter adapter;
  private final int hardwareVersion;

  private VmdkCreateOptions(long size, VmdkType type, VmdkAdapter adapter, int hardwareVersion) {
    this.size = size;
    this.type = Objects.requireNonNull(type, "type");
    this.adapter = Objects.requireNonNull(adapter, "adapter");
    this.hardwareVersion = hardwareVersion;
    if (size <= 0 || size % SparseHeader.SECTOR != 0) {
      throw new IllegalArgumentException("size must be a multiple of 512 above 0, not " + size);
    }
  }

  /**
   * Returns the defaults of nbdkit's vddk plugin: monolithicSparse, for BusLogic and Workstation 5.
   *
   * @param size bytes, a multiple of 512 above 0
   */
  public static VmdkCreateOptions ofSize(long size) {
    return new VmdkCreateOptions(
        size, VmdkType.MONOLITHIC_SPARSE, VmdkAdapter.SCSI_BUSLOGIC, WORKSTATION_5);
  }

  /** Size of the disk in bytes. */
  public long size() {
    return size;
  }

  /** Kind of the disk. */
  public VmdkType type() {
    return type;
  }

  /** Adapter that the disk is for. */
  public VmdkAdapter adapter() {
    return adapter;
  }

  /** Hardware version of the virtual machine; see the table in docs/vmdk.md. */
  public int hardwareVersion() {
    return hardwareVersion;
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
