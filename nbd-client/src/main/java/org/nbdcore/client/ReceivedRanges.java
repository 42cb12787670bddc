package org.nbdcore.client;

import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/**
 * Which bytes of a read have arrived. Chunks usually arrive in order, which needs no memory. Others
 * are recorded in a bit set, so a server can make us use at most an eighth of the request's size.
 */
final class ReceivedRanges {

  /** All bytes before this one have arrived. */
  private int prefix;

  private int total;
  private @Nullable BitSet beyond;

  /**
   * Records a chunk.
   *
   * @return false if a part of it had already arrived
   */
  boolean add(int start, int length) {
    total += length;
    if (beyond == null && start == prefix) {
      prefix += length;
      return true;
    }
    if (beyond == null) {
      beyond = new BitSet();
    }
    int seen = beyond.nextSetBit(start);
    if (start < prefix || seen >= 0 && seen < start + length) {
      return false;
    }
    beyond.set(start, start + length);
    return true;
  }

  /** True if all bytes of a read of this length have arrived. Chunks never overlap. */
  boolean isComplete(long length) {
    return total == length;
  }
}
