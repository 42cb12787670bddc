package org.nbdcore.filter.evil;

/** How bits are corrupted. */
enum EvilMode {
  /** Any bit that is read may flip. */
  COSMIC_RAYS,
  /** Certain bits of the disk are stuck. */
  STUCK_BITS,
  /** Fixed bits of each read are stuck, counted from the start of the read. */
  STUCK_WIRES
}
