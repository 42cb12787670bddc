package org.nbdcore.filter.luks;

import java.util.List;

/**
 * The metadata of a container, of either version.
 *
 * @param segment the encrypted disk
 * @param keyLength of the volume key, in bytes
 * @param slots the key slots in use, in the order in which a passphrase is tried
 */
record LuksMetadata(Segment segment, int keyLength, List<Slot> slots) {

  /** A key slot and the digest that verifies its key. */
  record Slot(KeyArea area, KeyDigest digest) {}
}
