package org.nbdcore.filter.luks;

import java.nio.ByteBuffer;

/**
 * A key slot: the master key, encrypted with a passphrase and spread over many stripes.
 *
 * @param number from 0, as cryptsetup shows it
 * @param active true if the slot is in use
 * @param iterations of the key derivation from the passphrase
 * @param salt of the key derivation
 * @param offset of the stripes in the container, in bytes
 * @param stripes number of stripes, each as long as the master key
 */
record KeySlot(
    int number, boolean active, long iterations, byte[] salt, long offset, long stripes) {

  static final int COUNT = 8;
  private static final int ACTIVE = 0x00ac71f3;

  /** Reads a slot at the position of {@code header}, and advances the position. */
  static KeySlot read(int number, ByteBuffer header) {
    boolean active = header.getInt() == ACTIVE;
    long iterations = header.getInt() & 0xffff_ffffL;
    byte[] salt = new byte[LuksHeader.SALT];
    header.get(salt);
    long offset = (header.getInt() & 0xffff_ffffL) * LuksHeader.SECTOR;
    return new KeySlot(number, active, iterations, salt, offset, header.getInt() & 0xffff_ffffL);
  }
}
