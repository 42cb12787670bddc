package org.nbdcore.filter.luks;

import java.util.Arrays;
import org.nbdcore.spi.NbdException;

/** Encrypts and decrypts sectors independently of each other. For one thread. */
abstract class SectorCipher {

  /** The most bytes that are done at once; a multiple of any sector's size. */
  static final int MOST = 1 << 16;

  /** Encrypts or decrypts whole sectors in place, of which {@code first} is the number. */
  abstract void crypt(boolean encrypt, byte[] bytes, int length, long first);

  /** The cipher and mode of these names, as LUKS headers write them. */
  static SectorCipher of(String cipher, String mode, byte[] key) throws NbdException {
    if (mode.equals("ecb") || mode.startsWith("ecb-")) { // the rest is without meaning then
      Ecb ecb = Ecb.of(cipher, key);
      return new SectorCipher() {
        @Override
        void crypt(boolean encrypt, byte[] bytes, int length, long first) {
          ecb.crypt(encrypt, bytes, 0, length);
        }
      };
    }
    if (mode.startsWith("cbc-")) {
      return new Cbc(Ecb.of(cipher, key), IvGenerator.of(mode.substring(4), cipher, key));
    }
    if (mode.startsWith("xts-") && key.length % 2 == 0) {
      byte[] half = Arrays.copyOf(key, key.length / 2);
      byte[] other = Arrays.copyOfRange(key, key.length / 2, key.length);
      Ecb data = Ecb.of(cipher, half);
      if (data.blockSize() == Xts.BLOCK) {
        return new Xts(
            data, Ecb.of(cipher, other), IvGenerator.of(mode.substring(4), cipher, half));
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
