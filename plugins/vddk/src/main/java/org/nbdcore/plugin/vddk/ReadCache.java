package org.nbdcore.plugin.vddk;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A cache of the blocks of a remote file that short reads used recently. Grains of a snapshot are
 * often scattered over the disk but close to each other in the file, so a request for each would
 * cost many round trips. The file does not change.
 *
 * <p>Safe for use by several threads. Threads that need the same block share one request. Requests
 * for different blocks share no lock.
 */
final class ReadCache {

  /** The unit of requests, in bytes. */
  static final int BLOCK = 128 << 10;

  /** At most this many blocks are kept: 4 MiB. */
  private static final int BLOCKS = 32;

  /** Reads the file without the cache. */
  @FunctionalInterface
  interface Source {
    /** Fills {@code dst} with the bytes from {@code position} on. */
    void read(ByteBuffer dst, long position) throws IOException;
  }

  private static final class Block {
    private byte[] bytes; // guarded by this block; null before the first successful read
  }

  private final long size;
  private final Source source;
  private final HttpsCalls calls;
  private final Map<Long, Block> blocks = new LinkedHashMap<>(16, 0.75f, true); // guarded by this

  /**
   * @param size of the file, in bytes
   * @param calls counts the uses of blocks
   */
  ReadCache(long size, Source source, HttpsCalls calls) {
    this.size = size;
    this.source = source;
    this.calls = calls;
  }

  /** Fills {@code dst}. Reads of half a block or more bypass the cache. */
  void read(ByteBuffer dst, long start) throws IOException {
    if (dst.remaining() >= BLOCK / 2 || start + dst.remaining() > size) {
      source.read(dst, start);
      return;
    }
    long position = start;
    while (dst.hasRemaining()) {
      byte[] bytes = bytes(position / BLOCK);
      int within = (int) (position % BLOCK);
      int n = Math.min(dst.remaining(), bytes.length - within);
      dst.put(bytes, within, n);
      position += n;
    }
  }

  private byte[] bytes(long index) throws IOException {
    Block block = block(index);
    synchronized (block) {
      boolean kept = block.bytes != null;
      if (!kept) {
        byte[] bytes = new byte[(int) Math.min(BLOCK, size - index * BLOCK)];
        source.read(ByteBuffer.wrap(bytes), index * BLOCK);
        block.bytes = bytes;
      }
      calls.block(kept);
      return block.bytes;
    }
  }

  private synchronized Block block(long index) {
    Block block = blocks.computeIfAbsent(index, key -> new Block());
    if (blocks.size() > BLOCKS) {
      blocks.remove(blocks.keySet().iterator().next());
    }
    return block;
  }
}
