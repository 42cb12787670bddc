package org.nbdcore.plugin.synthetic;

import java.nio.ByteBuffer;
import java.util.function.LongUnaryOperator;

/** The contents of the data blocks of a sparse disk. */
final class BlockContent implements LongUnaryOperator {

  private static final long EACH_BYTE = 0x0101_0101_0101_0101L;

  private final long seed;
  private final long words; // of a block
  private final boolean everyByte;

  /**
   * Chooses.
   *
   * @param everyByte whether each byte is random; otherwise a block is one byte, never 0, repeated
   */
  BlockContent(long seed, long blockSize, boolean everyByte) {
    this.seed = LongSequence.mix(seed);
    this.words = blockSize / Long.BYTES;
    this.everyByte = everyByte;
  }

  /** The 64 bits at a place, counted in words from the beginning of the disk. */
  @Override
  public long applyAsLong(long word) {
    if (everyByte) {
      return LongSequence.mix(seed + word);
    }
    return (1 + Long.remainderUnsigned(LongSequence.mix(seed + word / words), 255)) * EACH_BYTE;
  }

  /** Fills with the block that holds {@code offset}; {@code dst} stays within it. */
  void fill(ByteBuffer dst, long offset) {
    if (everyByte) {
      LongSequence.fill(dst, offset, this);
      return;
    }
    long same = applyAsLong(offset >>> 3);
    while (dst.remaining() >= Long.BYTES) {
      dst.putLong(same); // in any order: its bytes are the same
    }
    while (dst.hasRemaining()) {
      dst.put((byte) same);
    }
  }
}
