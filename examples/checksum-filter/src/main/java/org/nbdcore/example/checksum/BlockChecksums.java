package org.nbdcore.example.checksum;

import java.nio.ByteBuffer;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.zip.CRC32C;
import org.nbdcore.spi.NbdError;
import org.nbdcore.spi.NbdException;
import org.nbdcore.spi.helpers.Alignment;
import org.nbdcore.spi.helpers.RangeLocks;

/** The checksums of blocks that clients have written as a whole. Safe for use by many threads. */
final class BlockChecksums {

  static final int BLOCK = 4096;

  /** Held exclusively while a block and its checksum change, shared while both are compared. */
  final RangeLocks locks = new RangeLocks();

  private final Map<Long, Integer> checksums = new ConcurrentHashMap<>();

  /** Forgets the checksums of all blocks that the range touches. */
  void forget(long offset, long length) {
    long end = offset + length;
    if (length / BLOCK > checksums.size()) {
      checksums.keySet().removeIf(block -> block + BLOCK > offset && block < end);
      return;
    }
    for (long block = Alignment.roundDown(offset, BLOCK); block < end; block += BLOCK) {
      checksums.remove(block);
    }
  }

  /** Keeps the checksums of the whole blocks of {@code data}, which is at {@code offset}. */
  void put(ByteBuffer data, long offset) {
    for (long block = firstBlock(offset); wholeBlock(data, offset, block); block += BLOCK) {
      checksums.put(block, checksum(data, (int) (block - offset)));
    }
  }

  /**
   * Compares the whole blocks of {@code data}, which is at {@code offset}, with their checksums.
   *
   * @throws NbdException with EIO if a block has changed
   */
  void verify(ByteBuffer data, long offset) throws NbdException {
    for (long block = firstBlock(offset); wholeBlock(data, offset, block); block += BLOCK) {
      Integer expected = checksums.get(block);
      if (expected != null && expected != checksum(data, (int) (block - offset))) {
        throw new NbdException(
            NbdError.EIO, "the block at " + block + " has changed since it was written");
      }
    }
  }

  private static long firstBlock(long offset) {
    return Alignment.roundUp(offset, BLOCK);
  }

  private static boolean wholeBlock(ByteBuffer data, long offset, long block) {
    return block + BLOCK <= offset + data.remaining();
  }

  private static int checksum(ByteBuffer data, int start) {
    CRC32C crc = new CRC32C();
    crc.update(data.slice(data.position() + start, BLOCK));
    return (int) crc.getValue();
  }
}
