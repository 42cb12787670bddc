package org.nbdcore.filter.luks;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.nbdcore.spi.NbdException;

/**
 * Computes the initialization vector of each sector, so that equal sectors are encrypted
 * differently.
 */
final class IvGenerator {

  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private final long mask; // of the sector number
  private final Ecb then; // encrypts that, or null

  private IvGenerator(long mask, Ecb then) {
    this.mask = mask;
    this.then = then;
  }

  /**
   * Returns the generator with this name, for example {@code essiv:sha256}.
   *
   * @param key the key of the sectors
   */
  static IvGenerator of(String name, String cipher, byte[] key) throws NbdException {
    if (name.equals("plain")) {
      return new IvGenerator(0xffff_ffffL, null);
    }
    if (name.equals("plain64")) {
      return new IvGenerator(-1, null);
    }
    if (name.startsWith("essiv:")) {
      LuksHash hash = LuksHash.of(name.substring("essiv:".length()));
      return new IvGenerator(-1, Ecb.of(cipher, hash.of(key)));
    }
    throw SectorCipher.unknownMode("IVs " + name);
  }

  /**
   * Fills {@code ivs} with those of {@code sectors} sectors in a row, a block each.
   *
   * @param first number of the first sector, in units of 512 bytes
   * @param step how many of those units a sector has
   */
  void fill(byte[] ivs, int block, long first, int sectors, int step) {
    Arrays.fill(ivs, 0, sectors * block, (byte) 0);
    for (int i = 0; i < sectors; i++) {
      LONGS.set(ivs, i * block, first + (long) i * step & mask);
    }
    if (then != null) {
      then.crypt(true, ivs, 0, sectors * block);
    }
  }
}
