package org.nbdcore.server.transmission;

import java.nio.ByteBuffer;
import java.util.Arrays;
import org.nbdcore.protocol.ReplyType;
import org.nbdcore.server.memory.ReplyBuffers;
import org.nbdcore.server.memory.Slab;

/**
 * The reply to a read as chunks of data and chunks that say that there is a hole. Used by one
 * thread.
 *
 * <p>Short holes stay data: those shorter than {@link #SHORTEST}, and in very long reads those that
 * would need more chunks than fit into the receiver's memory.
 */
public final class SparseReply {

  /** For the client, a chunk costs more than receiving this many zeroes. */
  public static final int SHORTEST = 1 << 12;

  /** Holes in one reply at most, so that the headers of all chunks fit into a batch. */
  private static final int MOST_HOLES = 1 << 10;

  private final ReplyFormat format;
  private int[] ends = new int[8]; // the piece behind each run
  private int[] lengths = new int[8];
  private boolean[] holes = new boolean[8]; // neighbours differ
  private int runs;
  private int dataRuns;
  private int dataPieces;

  SparseReply(ReplyFormat format) {
    this.format = format;
  }

  /** Finds the holes in the buffers of a zero-copy read. */
  void measure(Request request) {
    ReplyBuffers zeroCopy = request.zeroCopy;
    int shortest = Math.max(SHORTEST, (int) (request.length / MOST_HOLES));
    runs = 0;
    dataRuns = 0;
    dataPieces = 0;
    int count = zeroCopy.count();
    for (int first = 0; first < count; ) {
      boolean zeroes = zeroCopy.isZeroes(first);
      int end = first;
      int length = 0;
      while (end < count && zeroCopy.isZeroes(end) == zeroes) {
        length += zeroCopy.length(end++);
      }
      add(end, length, zeroes && length >= shortest, end - first);
      first = end;
    }
  }

  private void add(int end, int length, boolean hole, int pieces) {
    if (!hole) {
      dataPieces += pieces;
    }
    if (runs > 0 && holes[runs - 1] == hole) {
      ends[runs - 1] = end;
      lengths[runs - 1] += length;
      return;
    }
    if (runs == ends.length) {
      ends = Arrays.copyOf(ends, runs * 2);
      lengths = Arrays.copyOf(lengths, runs * 2);
      holes = Arrays.copyOf(holes, runs * 2);
    }
    ends[runs] = end;
    lengths[runs] = length;
    holes[runs] = hole;
    dataRuns += hole ? 0 : 1;
    runs++;
  }

  /** Whether all of it is one hole. */
  boolean isOneHole() {
    return runs == 1 && dataRuns == 0;
  }

  /** Whether any of it is a hole. */
  boolean hasHoles() {
    return runs > dataRuns;
  }

  /** Bytes of the headers of all chunks. */
  int headers() {
    return dataRuns * format.readHeader() + (runs - dataRuns) * format.hole();
  }

  /** How many buffers {@link #layOut} needs at most. */
  int pieces() {
    return dataPieces + dataRuns + 1;
  }

  /**
   * Lays out the headers behind what is in {@code slab} already.
   *
   * @param length of what is there, which is written first
   * @param target receives what is to be written, in order
   * @return how many buffers that are
   */
  int layOut(Request request, Slab slab, int length, ByteBuffer[] target) {
    int count = 0;
    int from = 0; // what of the slab has not been put into target
    int at = length;
    int piece = 0;
    long offset = request.offset;
    for (int i = 0; i < runs; i++) {
      int flags = i == runs - 1 ? ReplyType.FLAG_DONE : 0;
      if (holes[i]) {
        format.putHole(request, slab.bytes, at, flags, offset, lengths[i]);
        at += format.hole();
      } else {
        format.putData(request, slab.bytes, at, flags, offset, lengths[i]);
        at += format.readHeader();
        target[count++] = slab.bytes.slice(from, at - from);
        from = at;
        request.zeroCopy.copyTo(target, count, piece, ends[i]);
        count += ends[i] - piece;
      }
      piece = ends[i];
      offset += lengths[i];
    }
    if (at > from) {
      target[count++] = slab.bytes.slice(from, at - from);
    }
    return count;
  }
}
