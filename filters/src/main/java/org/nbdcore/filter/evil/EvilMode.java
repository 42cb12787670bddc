package org.nbdcore.filter.evil;

/** How bits are corrupted. */
enum EvilMode {
  /** Any bit that is read may flip. */
  COSMIC_RAYS,
  /** Certain bits of the disk are stuck. */
  STUCK_BITS,
  /** Certain bits of whatever is read are stuck, counted from where the read begins. */
  STUCK_WIRES
}
