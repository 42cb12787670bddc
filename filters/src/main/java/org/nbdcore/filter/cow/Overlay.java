package org.nbdcore.filter.cow;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.nbdcore.filter.common.BufferPool;
import org.nbdcore.filter.common.LongMap;
import org.nbdcore.filter.common.RangeLocks;
import org.nbdcore.filter.common.SlotFile;

/**
 * The blocks of an export that differ from the disk below, or were copied from it. Blocks live in
 * slots of a temporary file, in the order in which they came.
 *
 * <p>A block is entered once its slot holds all of it, and keeps that slot for good; so readers
 * need no lock but the table's. Who changes a block or enters one holds its range in {@link
 * #locks}.
 */
final class Overlay implements Closeable {

  /** Where a block is. */
  static final class Place {
    private final long slot;
    private volatile boolean zero;

    private Place(long slot, boolean zero) {
      this.slot = slot;
      this.zero = zero;
    }

    /** Whether the block reads as zeroes, whatever its slot holds. */
    boolean zero() {
      return zero;
    }
  }

  private final long size;
  private final int blockSize;
  private final BufferPool pool;
  private final RangeLocks locks = new RangeLocks();
  private final SlotFile file;
  private final LongMap<Place> places = new LongMap<>(); // guarded by itself

  /** Makes an empty overlay; {@code pool} has buffers of a block each. */
  Overlay(long size, int blockSize, BufferPool pool) throws IOException {
    this.size = size;
    this.blockSize = blockSize;
    this.pool = pool;
    this.file = new SlotFile("nbd-core-cow-", blockSize);
  }

  long size() {
    return size;
  }

  int blockSize() {
    return blockSize;
  }

  BufferPool pool() {
    return pool;
  }

  RangeLocks locks() {
    return locks;
  }

  /** Where the block is, or null if only the disk below has it. */
  Place find(long block) {
    synchronized (places) {
      return places.get(block);
    }
  }

  /** Fills {@code dst} from a block that {@link #find} found. */
  void read(Place place, int offset, ByteBuffer dst) throws IOException {
    if (!place.zero) {
      file.read(place.slot, offset, dst);
      return;
    }
    while (dst.hasRemaining()) {
      dst.put((byte) 0);
    }
  }

  /** Changes part of a block that is there; the caller has its lock. */
  void write(Place place, int offset, ByteBuffer src) throws IOException {
    if (place.zero) {
      if (src.remaining() < blockSize) {
        fillWithZeroes(place.slot);
      }
      file.write(place.slot, offset, src);
      place.zero = false;
    } else {
      file.write(place.slot, offset, src);
    }
  }

  /** Enters a block with all its bytes; the caller has its lock. */
  void add(long block, ByteBuffer contents) throws IOException {
    long slot = file.allocate();
    try {
      file.write(slot, 0, contents);
    } catch (IOException e) {
      file.free(slot);
      throw e;
    }
    enter(block, new Place(slot, false));
  }

  /** Makes a whole block read as zeroes; the caller has its lock. */
  void zero(long block) {
    Place place = find(block);
    if (place != null) {
      place.zero = true;
    } else {
      enter(block, new Place(file.allocate(), true));
    }
  }

  private void enter(long block, Place place) {
    synchronized (places) {
      places.put(block, place);
    }
  }

  private void fillWithZeroes(long slot) throws IOException {
    ByteBuffer zeroes = pool.acquire(blockSize);
    try {
      for (int i = 0; i < blockSize; i++) {
        zeroes.put(i, (byte) 0);
      }
      file.write(slot, 0, zeroes);
    } finally {
      pool.release(zeroes);
    }
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
