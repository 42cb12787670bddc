package org.nbdcore.plugin.vddk;

import org.nbdcore.vmdk.VmdkAdapter;
import org.nbdcore.vmdk.VmdkCreateOptions;
import org.nbdcore.vmdk.VmdkType;

/**
 * How to make a new disk.
 *
 * @param type VDDK's number
 * @param adapter VDDK's number
 * @param hwVersion virtual hardware version
 * @param sectors capacity
 */
record CreateOptions(int type, int adapter, int hwVersion, long sectors) {

  /** The same for nbd-core's own VMDK code, which has the kinds in VDDK's order. */
  VmdkCreateOptions withoutVddk() {
    return VmdkCreateOptions.ofSize(sectors * VddkSectors.SIZE)
        .withType(VmdkType.values()[type - 1])
        .withAdapter(VmdkAdapter.values()[adapter - 1])
        .withHardwareVersion(hwVersion);
  }
}
