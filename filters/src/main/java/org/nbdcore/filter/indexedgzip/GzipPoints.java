package org.nbdcore.filter.indexedgzip;

import java.util.Arrays;
import org.nbdcore.spi.NbdError;
import org.nbdcore.spi.NbdException;

/** The index points, in ascending order: starts of blocks from which decompression can begin. */
final class GzipPoints {

  /** Bounds the memory; enough for a member of 64 KiB each in 256 GiB. */
  static final int MOST = 1 << 22;

  private int count;

  /** In the unpacked contents, in bytes. */
  private long[] outputs = new long[64];

  /** In the gzip file, in bits. */
  private long[] inputs = new long[64];

  /** Of the window in the index file, in bytes; 0 at the beginning of a member, which has none. */
  private long[] windows = new long[64];

  int count() {
    return count;
  }

  long output(int index) {
    return outputs[index];
  }

  long input(int index) {
    return inputs[index];
  }

  long window(int index) {
    return windows[index];
  }

  void add(long output, long input, long window) throws NbdException {
    if (count == MOST) {
      throw new NbdException(
          NbdError.EINVAL,
          "the index would need more than "
              + MOST
              + " points; use a larger gzip-index-span, or a file with fewer members");
    }
    if (count == outputs.length) {
      outputs = Arrays.copyOf(outputs, 2 * count);
      inputs = Arrays.copyOf(inputs, 2 * count);
      windows = Arrays.copyOf(windows, 2 * count);
    }
    outputs[count] = output;
    inputs[count] = input;
    windows[count] = window;
    count++;
  }

  /**
   * Adds the start of a member. Replaces the last point if it has the same output offset, because
   * its member is empty.
   */
  void addMember(long output, long input) throws NbdException {
    if (count > 0 && outputs[count - 1] == output) {
      count--;
    }
    add(output, input, 0);
  }

  /** The last point at or before a place in the output. */
  int indexOf(long output) {
    int found = Arrays.binarySearch(outputs, 0, count, output);
    return found >= 0 ? found : -found - 2;
  }
}
