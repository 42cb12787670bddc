package org.nbdcore.filter.luks;

import java.io.IOException;
import java.util.Arrays;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.Session;
import org.nbdcore.spi.helpers.UnalignedReader;

/**
 * An area of a container with its volume key, encrypted with a passphrase and spread over many
 * stripes.
 *
 * @param kdf derives the key of the area from a passphrase
 * @param cipher of the area
 * @param mode of that cipher
 * @param areaKeyLength of the key of the area, in bytes
 * @param offset of the area in the container, in bytes
 * @param stripes number of stripes, each as long as the volume key
 * @param hash hash function that diffuses the stripes
 * @param keyLength of the volume key, in bytes
 */
record KeyArea(
    Kdf kdf,
    String cipher,
    String mode,
    int areaKeyLength,
    long offset,
    long stripes,
    String hash,
    int keyLength) {

  /**
   * Decrypts the area with a passphrase. The result is the volume key if the passphrase is right.
   */
  byte[] unlock(BlockDevice container, byte[] passphrase, Session session) throws IOException {
    SectorCipher area = SectorCipher.of(cipher, mode, kdf.key(passphrase, areaKeyLength, session));
    int length = (int) stripes * keyLength;
    int whole = (int) LuksHeader.sectors(length);
    byte[] bytes = new byte[whole];
    new UnalignedReader(container).read(offset, whole).get(bytes);
    byte[] piece = new byte[SectorCipher.MAX_BYTES];
    for (int at = 0; at < whole; at += piece.length) {
      int part = Math.min(piece.length, whole - at);
      System.arraycopy(bytes, at, piece, 0, part);
      area.crypt(false, piece, part, at / LuksHeader.SECTOR);
      System.arraycopy(piece, 0, bytes, at, part);
    }
    return LuksHash.of(hash).merge(Arrays.copyOf(bytes, length), keyLength);
  }
}
