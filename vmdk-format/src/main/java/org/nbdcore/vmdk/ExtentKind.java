package org.nbdcore.vmdk;

/** What stands behind a range of a disk. */
public enum ExtentKind {
  /** The range is stored in some file of the disk or of one of its parents. */
  DATA,
  /** Nothing is stored, neither here nor in a parent; reads as zeroes. */
  HOLE,
  /**
   * Marked as zeroes (a zeroed grain or a ZERO extent), which takes no storage; reads as zeroes.
   */
  ZERO
}
