package org.nbdcore.vmdk;

/** Kind of the storage of a range of a disk. */
public enum ExtentKind {
  /** Some file of the disk or of one of its parents stores the range. */
  DATA,
  /** No file of the disk or its parents stores the range; it reads as zeroes. */
  HOLE,
  /** Marked as zeroes (a zeroed grain or a ZERO extent). Needs no storage and reads as zeroes. */
  ZERO
}
