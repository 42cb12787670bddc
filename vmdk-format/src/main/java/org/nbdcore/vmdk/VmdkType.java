package org.nbdcore.vmdk;

import java.util.Arrays;
import java.util.Locale;
import java.util.NoSuchElementException;

/** The kinds of disk that can be created, in the order of VDDK's numbers, which begin with 1. */
public enum VmdkType {
  /** One file that grows. */
  MONOLITHIC_SPARSE("monolithicSparse"),
  /** A descriptor and one file of the disk's size. */
  MONOLITHIC_FLAT("monolithicFlat"),
  /** A descriptor and files of up to 2 GiB that grow. */
  SPLIT_SPARSE("twoGbMaxExtentSparse"),
  /** A descriptor and files of up to 2 GiB, of their full size. */
  SPLIT_FLAT("twoGbMaxExtentFlat"),
  /** A descriptor and one file of the disk's size, as ESXi has them. */
  VMFS_FLAT("vmfs"),
  /** One file of compressed grains, written once, from its start to its end. */
  STREAM_OPTIMIZED("streamOptimized"),
  /** A descriptor and one file of the disk's size that takes room as it is written. */
  VMFS_THIN("vmfs"),
  /** A descriptor and one ESX sparse extent (COWD). */
  VMFS_SPARSE("vmfsSparse");

  private final String createType;

  VmdkType(String createType) {
    this.createType = createType;
  }

  /** What VDDK's users call it: {@code monolithic-sparse} and so on. */
  public String optionName() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /**
   * The one of that option name.
   *
   * @throws NoSuchElementException if there is none
   */
  public static VmdkType ofOptionName(String name) {
    return Arrays.stream(values())
        .filter(each -> each.optionName().equals(name))
        .findFirst()
        .orElseThrow();
  }

  /** What the descriptor calls it. */
  public String createType() {
    return createType;
  }
}
