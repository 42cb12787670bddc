package org.nbdcore.filter.luks;

import java.util.Arrays;
import org.nbdcore.spi.NbdException;

/** Encrypts and decrypts sectors independently of each other. For one thread. */
abstract class SectorCipher {

  /** Maximum bytes of one call; a multiple of every sector size. */
  static final int MAX_BYTES = 1 << 16;

  /** The largest sector of a container, in bytes. */
  static final int LARGEST_SECTOR = 4096;

  /**
   * Encrypts or decrypts whole sectors in place.
   *
   * @param first number of the first sector, in units of 512 bytes for every sector size
   */
  abstract void crypt(boolean encrypt, byte[] bytes, int length, long first);

  /** Returns the cipher for sectors of 512 bytes. */
  static SectorCipher of(String cipher, String mode, byte[] key) throws NbdException {
    return of(cipher, mode, key, LuksHeader.SECTOR);
  }

  /**
   * The cipher and mode of these names, as LUKS headers write them.
   *
   * @param sector size of a sector, in bytes
   */
  static SectorCipher of(String cipher, String mode, byte[] key, int sector) throws NbdException {
    if (mode.equals("ecb") || mode.startsWith("ecb-")) { // the rest of the name has no meaning then
      Ecb ecb = Ecb.of(cipher, key);
      return new SectorCipher() {
        @Override
        void crypt(boolean encrypt, byte[] bytes, int length, long first) {
          ecb.crypt(encrypt, bytes, 0, length);
        }
      };
    }
    if (mode.startsWith("cbc-")) {
      return new Cbc(Ecb.of(cipher, key), IvGenerator.of(mode.substring(4), cipher, key), sector);
    }
    if (mode.startsWith("xts-") && key.length % 2 == 0) {
      byte[] half = Arrays.copyOf(key, key.length / 2);
      byte[] other = Arrays.copyOfRange(key, key.length / 2, key.length);
      Ecb data = Ecb.of(cipher, half);
      if (data.blockSize() == Xts.BLOCK) {
        return new Xts(
            data, Ecb.of(cipher, other), IvGenerator.of(mode.substring(4), cipher, half), sector);
      }
    }
    throw unknownMode(cipher + "-" + mode);
  }

  static NbdException unknownMode(String name) {
    return LuksHeader.refused(
        "the mode of the LUKS container must be ecb, or cbc or xts with plain, plain64 or"
            + " essiv:HASH, not "
            + name);
  }
}
