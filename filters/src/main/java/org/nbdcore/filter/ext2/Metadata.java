package org.nbdcore.filter.ext2;

import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.Map;
import org.nbdcore.spi.Flags;

/**
 * The state that the connections to one file system share. Its monitor guards all of it, and
 * serializes all changes of the metadata.
 */
final class Metadata {

  private static final int MAX_BYTES = 4 << 20;

  /** Blocks of metadata as they are on the disk, the least recently used one first. */
  private final Map<Long, ByteBuffer> blocks = new LinkedHashMap<>(16, 0.75f, true);

  /**
   * Held while a file system is marked as in use. All exports of the filter share this lock. It is
   * acquired last.
   */
  final Object marking;

  /** The superblock as it was when the first connection opened the file system. */
  Superblock superblock;

  /** Buffer of one block, for reads and writes of the disk below. */
  ByteBuffer buffer;

  /** The number of open devices that can write. */
  int writers;

  /** True if the superblock on the disk marks the file system as in use. */
  boolean marked;

  /** The flags of the request that changes metadata. */
  Flags flags = Flags.NONE;

  Metadata(Object marking) {
    this.marking = marking;
  }

  ByteBuffer get(long number) {
    return blocks.get(number);
  }

  void put(long number, ByteBuffer block) {
    if (blocks.size() >= MAX_BYTES / block.capacity()) {
      var oldest = blocks.keySet().iterator();
      oldest.next();
      oldest.remove();
    }
    blocks.put(number, block);
  }

  void remove(long number) {
    blocks.remove(number);
  }

  /** Discards all blocks, because other users may have changed them on the disk. */
  void clear() {
    blocks.clear();
  }
}
