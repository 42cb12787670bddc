package org.nbdcore.vmdk;

import java.util.Arrays;
import java.util.Locale;
import java.util.NoSuchElementException;

/** Adapters for a new disk, in the order of VDDK's numbers, which start at 1. */
public enum VmdkAdapter {
  /** IDE. */
  IDE("ide"),
  /** SCSI, BusLogic. */
  SCSI_BUSLOGIC("buslogic"),
  /** SCSI, LSI Logic. */
  SCSI_LSILOGIC("lsilogic");

  private static final long SECTORS_IN_GIB = 1 << 21;
  private static final long MAX_IDE_CYLINDERS = 16383;

  private final String word;

  VmdkAdapter(String word) {
    this.word = word;
  }

  /** Returns the option name that VDDK's users know: {@code scsi-buslogic} and so on. */
  public String optionName() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /**
   * Returns the adapter with this option name.
   *
   * @throws NoSuchElementException if there is none
   */
  public static VmdkAdapter ofOptionName(String name) {
    return Arrays.stream(values())
        .filter(each -> each.optionName().equals(name))
        .findFirst()
        .orElseThrow();
  }

  /** Returns the name in the descriptor. */
  public String word() {
    return word;
  }

  /** Returns the geometry of a disk of this many sectors at this adapter. */
  VmdkGeometry geometry(long sectors) {
    if (this == IDE) {
      return new VmdkGeometry(Math.min(MAX_IDE_CYLINDERS, sectors / (16 * 63)), 16, 63);
    }
    if (sectors <= SECTORS_IN_GIB) {
      return new VmdkGeometry(sectors / (64 * 32), 64, 32);
    }
    if (sectors <= 2 * SECTORS_IN_GIB) {
      return new VmdkGeometry(sectors / (128 * 32), 128, 32);
    }
    return new VmdkGeometry(sectors / (255 * 63), 255, 63);
  }
}
