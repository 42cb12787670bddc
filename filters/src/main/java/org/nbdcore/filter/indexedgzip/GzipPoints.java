package org.nbdcore.filter.indexedgzip;

import java.util.Arrays;
import org.nbdcore.spi.NbdError;
import org.nbdcore.spi.NbdException;

/** The index points, in ascending order: starts of blocks from which decompression can begin. */
final class GzipPoints {

  /** Maximum number of points, to limit the memory. Enough for 256 GiB in members of 64 KiB. */
  static final int MAX_POINTS = 1 << 22;

  private int count;

  /** Offsets in the decompressed contents, in bytes. */
  private long[] outputs = new long[64];

  /** Offsets in the gzip file, in bits. */
  private long[] inputs = new long[64];

  /**
   * Offsets of the windows in the index file, in bytes; 0 at the start of a member, which has no
   * window.
   */
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
    if (count == MAX_POINTS) {
      throw new NbdException(
          NbdError.EINVAL,
          "the index would need more than "
              + MAX_POINTS
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

  /** The last point at or before an offset in the decompressed contents. */
  int indexOf(long output) {
    int found = Arrays.binarySearch(outputs, 0, count, output);
    return found >= 0 ? found : -found - 2;
  }
}
