package org.nbdcore.filter.indexedgzip;

import java.util.Arrays;
import java.util.zip.ZipException;

/** Decodes a Huffman code of deflate with one table lookup. */
final class HuffmanTable {

  static final int MAX_BITS = 15;

  /** For each sequence of bits: the symbol and, in the lowest four bits, the length of its code. */
  private final int[] entries = new int[1 << MAX_BITS];

  private int mask;

  /**
   * Sets the code.
   *
   * @param lengths of the codes of the symbols, 0 for a symbol that does not occur
   * @param incomplete whether codes may be unused if none is longer than one bit
   */
  void set(int[] lengths, int from, int symbols, boolean incomplete) throws ZipException {
    int[] next = new int[MAX_BITS + 2];
    int longest = 0;
    for (int symbol = 0; symbol < symbols; symbol++) {
      int length = lengths[from + symbol];
      next[length + 1] += length == 0 ? 0 : 1;
      longest = Math.max(longest, length);
    }
    int left = 1;
    for (int length = 1; length <= MAX_BITS; length++) {
      left = (left << 1) - next[length + 1];
      if (left < 0) {
        throw new ZipException("a block has too many codes of " + length + " bits");
      }
    }
    if (left > 0 && !(incomplete && longest <= 1)) {
      throw new ZipException("a block has a code that is not complete");
    }
    for (int length = 1; length <= MAX_BITS; length++) {
      next[length] = next[length] + next[length - 1] << 1;
    }
    fill(lengths, from, symbols, next, longest, left > 0);
  }

  private void fill(int[] lengths, int from, int symbols, int[] next, int longest, boolean gaps) {
    int size = 1 << longest;
    mask = size - 1;
    if (gaps) {
      Arrays.fill(entries, 0, size, 0);
    }
    for (int symbol = 0; symbol < symbols; symbol++) {
      int length = lengths[from + symbol];
      if (length > 0) {
        int code = Integer.reverse(next[length]++) >>> Integer.SIZE - length;
        for (int i = code; i < size; i += 1 << length) {
          entries[i] = symbol << 4 | length;
        }
      }
    }
  }

  /** Mask of the bits that {@link #entry} needs. */
  int mask() {
    return mask;
  }

  /** The symbol and the length of its code, or 0 for a code that is not used. */
  int entry(int bits) {
    return entries[bits];
  }
}
