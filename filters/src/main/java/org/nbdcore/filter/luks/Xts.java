package org.nbdcore.filter.luks;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Each block is combined, before and after encryption, with a tweak that depends on its position
 * (IEEE 1619).
 */
final class Xts extends SectorCipher {

  static final int BLOCK = 16;

  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final long POLYNOMIAL = 0x87;

  private final Ecb data;
  private final Ecb tweak;
  private final IvGenerator sectors;
  private final int sectorSize;
  private final byte[] firsts = new byte[MAX_BYTES / LuksHeader.SECTOR * BLOCK];
  private final byte[] tweaks = new byte[MAX_BYTES];

  Xts(Ecb data, Ecb tweak, IvGenerator sectors, int sectorSize) {
    this.data = data;
    this.tweak = tweak;
    this.sectors = sectors;
    this.sectorSize = sectorSize;
  }

  @Override
  void crypt(boolean encrypt, byte[] bytes, int length, long first) {
    int count = length / sectorSize;
    sectors.fill(firsts, BLOCK, first, count, sectorSize / LuksHeader.SECTOR);
    tweak.crypt(true, firsts, 0, count * BLOCK);
    for (int sector = 0; sector < count; sector++) {
      spread(sector);
    }
    mix(bytes, length);
    data.crypt(encrypt, bytes, 0, length);
    mix(bytes, length);
  }

  /** The tweaks of a sector: each is the one before, times two in a finite field. */
  private void spread(int sector) {
    long low = (long) LONGS.get(firsts, sector * BLOCK);
    long high = (long) LONGS.get(firsts, sector * BLOCK + Long.BYTES);
    int end = (sector + 1) * sectorSize;
    for (int at = sector * sectorSize; at < end; at += BLOCK) {
      LONGS.set(tweaks, at, low);
      LONGS.set(tweaks, at + Long.BYTES, high);
      long carry = high >> 63 & POLYNOMIAL;
      high = high << 1 | low >>> 63;
      low = low << 1 ^ carry;
    }
  }

  private void mix(byte[] bytes, int length) {
    for (int at = 0; at < length; at += Long.BYTES) {
      LONGS.set(bytes, at, (long) LONGS.get(bytes, at) ^ (long) LONGS.get(tweaks, at));
    }
  }
}
