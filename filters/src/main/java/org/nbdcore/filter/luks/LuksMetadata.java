package org.nbdcore.filter.luks;

import java.util.List;

/**
 * What the header of a container says, in either version.
 *
 * @param segment the encrypted disk
 * @param keyLength of the volume key, in bytes
 * @param slots the key slots in use, in the order in which a passphrase is tried
 */
record LuksMetadata(Segment segment, int keyLength, List<Slot> slots) {

  /** One place of the volume key, and how the key is known to be right. */
  record Slot(KeyArea area, KeyDigest digest) {}
}
