package org.nbdcore.plugin.vddk;

import com.sun.jna.Memory;

/** VixDiskLibCreateParams. */
final class CreateParams {

  static final int SIZE = 32;
  static final int DISK_TYPE = 0;
  static final int ADAPTER_TYPE = 4;
  static final int HW_VERSION = 8;
  static final int CAPACITY = 16;
  static final int LOGICAL_SECTOR_SIZE = 24;
  static final int PHYSICAL_SECTOR_SIZE = 28;

  private CreateParams() {}

  /** A filled structure; the caller closes it. */
  static Memory of(CreateOptions options) {
    Memory params = new Memory(SIZE);
    params.clear();
    params.setInt(DISK_TYPE, options.type());
    params.setInt(ADAPTER_TYPE, options.adapter());
    params.setShort(HW_VERSION, (short) options.hwVersion());
    params.setLong(CAPACITY, options.sectors());
    params.setInt(LOGICAL_SECTOR_SIZE, 0);
    params.setInt(PHYSICAL_SECTOR_SIZE, 0);
    return params;
  }
}
