package org.nbdcore.filter.indexedgzip;

import java.util.Arrays;

/**
 * Deflate blocks without contents that end at a given bit of a byte. They precede a block that
 * begins there, so that the JDK's inflater can start at a byte boundary. Shifting the bits of the
 * stream instead is not possible, because the contents of stored blocks are aligned to bytes.
 */
final class EmptyBlocks {

  static final int LONGEST = 16;

  private final byte[] bytes = new byte[LONGEST];
  private int length; // in bits

  private EmptyBlocks() {}

  /**
   * Blocks that end inside a byte, with the rest of that byte.
   *
   * @param bits how many bits of the last byte belong to the blocks, from 1 to 7
   * @param last the byte that has the following block in its upper bits
   */
  static byte[] before(int bits, int last) {
    EmptyBlocks blocks = new EmptyBlocks();
    if (bits % 2 != 0) {
      blocks.addDynamic();
    }
    while (blocks.length % Byte.SIZE != bits) {
      blocks.addFixed();
    }
    int end = blocks.length / Byte.SIZE;
    blocks.bytes[end] |= (byte) (last & 0xff << bits);
    return Arrays.copyOf(blocks.bytes, end + 1);
  }

  private void add(int value, int bits) {
    for (int i = 0; i < bits; i++, length++) {
      bytes[length / Byte.SIZE] |= (byte) ((value >>> i & 1) << length % Byte.SIZE);
    }
  }

  /** 10 bits: the type and the symbol of the end, which has the code 0. */
  private void addFixed() {
    add(1 << 1, 3);
    add(0, 7);
  }

  /** 93 bits: one symbol, which is the end, and one distance, which is not used. */
  private void addDynamic() {
    add(2 << 1, 3);
    add(0, 5); // 257 symbols
    add(0, 5); // 1 distance
    add(15, 4); // lengths for all 19 symbols of the code of lengths, in the order of the format
    for (int i = 0; i < 19; i++) {
      boolean used = i == 2 || i == 17; // symbol 18, a run of zeroes, and symbol 1
      add(used ? 1 : 0, 3);
    }
    addZeroes(138);
    addZeroes(118);
    add(0, 1); // symbol 256 has a code of 1 bit
    add(0, 1); // the distance code too
    add(0, 1); // the end
  }

  private void addZeroes(int count) {
    add(1, 1);
    add(count - 11, 7);
  }
}
