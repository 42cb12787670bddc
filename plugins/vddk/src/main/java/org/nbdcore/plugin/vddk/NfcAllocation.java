package org.nbdcore.plugin.vddk;

import java.io.IOException;
import java.util.BitSet;
import org.nbdcore.nfc.NfcDisk;
import org.nbdcore.spi.ExtentSink;

/** The allocation of a read-only disk. Queries the host once for each part. */
final class NfcAllocation {

  /** The smallest chunk that hosts accept, in bytes. */
  private static final int CHUNK = 1 << 16;

  /** Chunks of one query: 4 GiB. */
  private static final int CHUNKS_PER_PART = 1 << 16;

  private final NfcDisk disk;
  private final NfcCalls calls;
  private final int hole;

  /** The number of whole chunks. The rest of the disk cannot be queried and counts as data. */
  private final long chunks;

  /** The allocation of each part, or null if it is unknown. Guarded by this. */
  private final BitSet[] parts;

  NfcAllocation(NfcDisk disk, boolean singleLink, NfcCalls calls) {
    this.disk = disk;
    this.calls = calls;
    // in a single link, a parent may have data in a hole
    this.hole = singleLink ? ExtentSink.HOLE : ExtentSink.HOLE | ExtentSink.ZERO;
    this.chunks = disk.size() / CHUNK;
    this.parts = new BitSet[Math.toIntExact((chunks + CHUNKS_PER_PART - 1) / CHUNKS_PER_PART)];
  }

  void report(long offset, long length, boolean one, ExtentSink sink) throws IOException {
    long end = offset + length;
    long at = offset;
    while (at < end) {
      long run = runAt(at, end);
      int type = isAllocated(at / CHUNK) ? ExtentSink.DATA : hole;
      if (!sink.add(at, run, type) || one) {
        return;
      }
      at += run;
    }
  }

  /** The number of bytes from {@code at} with the same type, within one queried part. */
  private long runAt(long at, long end) throws IOException {
    long chunk = at / CHUNK;
    if (chunk >= chunks) {
      return end - at;
    }
    long first = chunk / CHUNKS_PER_PART * CHUNKS_PER_PART;
    BitSet part = part((int) (chunk / CHUNKS_PER_PART));
    int count = (int) Math.min(CHUNKS_PER_PART, chunks - first);
    int from = (int) (chunk - first);
    int turn = part.get(from) ? part.nextClearBit(from) : part.nextSetBit(from);
    long to = first + (turn < 0 ? count : Math.min(turn, count));
    return Math.min(end, to * CHUNK) - at;
  }

  private boolean isAllocated(long chunk) throws IOException {
    return chunk >= chunks
        || part((int) (chunk / CHUNKS_PER_PART)).get((int) (chunk % CHUNKS_PER_PART));
  }

  private synchronized BitSet part(int index) throws IOException {
    if (parts[index] == null) {
      long first = (long) index * CHUNKS_PER_PART;
      int count = (int) Math.min(CHUNKS_PER_PART, chunks - first);
      parts[index] =
          calls.count(NfcCalls.Kind.QUERY, () -> disk.allocated(first * CHUNK, CHUNK, count));
    }
    return parts[index];
  }
}
