package org.nbdcore.filter.luks;

/** CBC mode: each block is combined with the previous one in the sector. */
final class Cbc extends SectorCipher {

  private final Ecb data;
  private final IvGenerator sectors;
  private final int sectorSize;
  private final byte[] ivs;
  private final byte[] encrypted = new byte[MAX_BYTES];

  Cbc(Ecb data, IvGenerator sectors, int sectorSize) {
    this.data = data;
    this.sectors = sectors;
    this.sectorSize = sectorSize;
    ivs = new byte[MAX_BYTES / LuksHeader.SECTOR * data.blockSize()];
  }

  @Override
  void crypt(boolean encrypt, byte[] bytes, int length, long first) {
    int block = data.blockSize();
    sectors.fill(ivs, block, first, length / sectorSize, sectorSize / LuksHeader.SECTOR);
    if (!encrypt) {
      System.arraycopy(bytes, 0, encrypted, 0, length);
      data.crypt(false, bytes, 0, length);
    }
    byte[] before = encrypt ? bytes : encrypted;
    for (int at = 0; at < length; at += block) {
      int sector = at / sectorSize;
      boolean begins = at % sectorSize == 0;
      mix(bytes, at, begins ? ivs : before, begins ? sector * block : at - block, block);
      if (encrypt) {
        data.crypt(true, bytes, at, block);
      }
    }
  }

  private static void mix(byte[] bytes, int at, byte[] with, int from, int length) {
    for (int i = 0; i < length; i++) {
      bytes[at + i] ^= with[from + i];
    }
  }
}
