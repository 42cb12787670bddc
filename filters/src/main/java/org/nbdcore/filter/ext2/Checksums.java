package org.nbdcore.filter.ext2;

import java.nio.ByteBuffer;

/**
 * The two checksums of ext4. Both accept the previous state and return the next one, without the
 * final inversion of {@link java.util.zip.CRC32C}, which cannot start from a given state.
 */
final class Checksums {

  /** The state before the first byte, of CRC-32C and CRC-16. */
  static final int START = ~0;

  private static final int[] CRC32C = table(0x82f63b78);
  private static final int[] CRC16 = table(0xa001);
  private static final int BYTE = 0xff;

  private Checksums() {}

  private static int[] table(int polynomial) {
    int[] table = new int[256];
    for (int i = 0; i < table.length; i++) {
      int value = i;
      for (int bit = 0; bit < 8; bit++) {
        value = (value & 1) == 0 ? value >>> 1 : value >>> 1 ^ polynomial;
      }
      table[i] = value;
    }
    return table;
  }

  /** Continues a CRC-32C with some bytes of a buffer. */
  static int crc32c(int state, ByteBuffer bytes, int from, int length) {
    int crc = state;
    for (int i = from; i < from + length; i++) {
      crc = crc >>> 8 ^ CRC32C[(crc ^ bytes.get(i)) & BYTE];
    }
    return crc;
  }

  /** Continues a CRC-32C with the four bytes of a little-endian number. */
  static int crc32c(int state, int number) {
    int crc = state;
    for (int shift = 0; shift < Integer.SIZE; shift += Byte.SIZE) {
      crc = crc >>> 8 ^ CRC32C[(crc ^ number >>> shift) & BYTE];
    }
    return crc;
  }

  /** Continues a CRC-16 with some bytes of a buffer. */
  static int crc16(int state, ByteBuffer bytes, int from, int length) {
    int crc = state & 0xffff;
    for (int i = from; i < from + length; i++) {
      crc = crc >>> 8 ^ CRC16[(crc ^ bytes.get(i)) & BYTE];
    }
    return crc;
  }

  /** Continues a CRC-16 with the four bytes of a little-endian number. */
  static int crc16(int state, int number) {
    int crc = state & 0xffff;
    for (int shift = 0; shift < Integer.SIZE; shift += Byte.SIZE) {
      crc = crc >>> 8 ^ CRC16[(crc ^ number >>> shift) & BYTE];
    }
    return crc;
  }
}
