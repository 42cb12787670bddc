package org.nbdcore.it;

/** Kinds of VMDK files that qemu-img can create. */
enum Subformat {
  MONOLITHIC_SPARSE("monolithicSparse"),
  MONOLITHIC_FLAT("monolithicFlat"),
  STREAM_OPTIMIZED("streamOptimized"),
  TWO_GB_MAX_EXTENT_SPARSE("twoGbMaxExtentSparse"),
  TWO_GB_MAX_EXTENT_FLAT("twoGbMaxExtentFlat");

  private static final long MIB = 1 << 20;

  private final String option;

  Subformat(String option) {
    this.option = option;
  }

  /** The value of {@code -o subformat=}. */
  String option() {
    return option;
  }

  /** The size of its sample: those of several files get more than one. */
  long size() {
    return option.startsWith("twoGb") ? 2048 * MIB + 40 * MIB + 512 : 150 * MIB + 512;
  }

  /** Whether it stores grains, not every sector. */
  boolean hasGrains() {
    return !option.endsWith("Flat");
  }
}
