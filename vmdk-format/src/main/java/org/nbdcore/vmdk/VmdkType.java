package org.nbdcore.vmdk;

import java.util.Arrays;
import java.util.Locale;
import java.util.NoSuchElementException;

/** The kinds of disk that can be created, in the order of VDDK's numbers, which start at 1. */
public enum VmdkType {
  /** One growing file. */
  MONOLITHIC_SPARSE("monolithicSparse"),
  /** A descriptor and one file of the disk's size. */
  MONOLITHIC_FLAT("monolithicFlat"),
  /** A descriptor and growing files of up to 2 GiB. */
  SPLIT_SPARSE("twoGbMaxExtentSparse"),
  /** A descriptor and fully sized files of up to 2 GiB. */
  SPLIT_FLAT("twoGbMaxExtentFlat"),
  /** A descriptor and one file of the disk's size, as on ESXi. */
  VMFS_FLAT("vmfs"),
  /** One file of compressed grains, written once and sequentially. */
  STREAM_OPTIMIZED("streamOptimized"),
  /** A descriptor and one file of the disk's size, which gets storage as it is written. */
  VMFS_THIN("vmfs"),
  /** A descriptor and one ESX sparse extent (COWD). */
  VMFS_SPARSE("vmfsSparse");

  private final String createType;

  VmdkType(String createType) {
    this.createType = createType;
  }

  /** Returns the option name that VDDK's users know: {@code monolithic-sparse} and so on. */
  public String optionName() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /**
   * Returns the type with this option name.
   *
   * @throws NoSuchElementException if there is none
   */
  public static VmdkType ofOptionName(String name) {
    return Arrays.stream(values())
        .filter(each -> each.optionName().equals(name))
        .findFirst()
        .orElseThrow();
  }

  /** Returns the name in the descriptor. */
  public String createType() {
    return createType;
  }
}
