package org.nbdcore.server.transmission;

import java.nio.ByteBuffer;
import java.util.Arrays;
import org.nbdcore.protocol.ReplyType;
import org.nbdcore.server.memory.ReplyBuffers;
import org.nbdcore.server.memory.Slab;

/**
 * Encodes the reply to a read as data chunks and hole chunks. Used by one thread.
 *
 * <p>Short holes are sent as data: those shorter than {@link #SHORTEST}, and in very long reads
 * those that would need more chunks than fit into the receiver's memory.
 */
public final class SparseReply {

  /**
   * Minimum length of a hole chunk in bytes. Receiving fewer zeroes is cheaper for the client than
   * a chunk.
   */
  public static final int SHORTEST = 1 << 12;

  /** Maximum number of holes in one reply, so that the headers of all chunks fit into a batch. */
  private static final int MAX_HOLES = 1 << 10;

  private final ReplyFormat format;
  private int[] ends = new int[8]; // index of the piece after each run
  private int[] lengths = new int[8];
  private boolean[] holes = new boolean[8]; // alternates between true and false
  private int runs;
  private int dataRuns;
  private int dataPieces;

  SparseReply(ReplyFormat format) {
    this.format = format;
  }

  /** Finds the holes in the buffers of a zero-copy read. */
  void measure(Request request) {
    ReplyBuffers buffers = request.buffers;
    int shortest = Math.max(SHORTEST, (int) (request.length / MAX_HOLES));
    runs = 0;
    dataRuns = 0;
    dataPieces = 0;
    int count = buffers.count();
    for (int first = 0; first < count; ) {
      boolean zeroes = buffers.isZeroes(first);
      int end = first;
      int length = 0;
      while (end < count && buffers.isZeroes(end) == zeroes) {
        length += buffers.length(end++);
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

  /** True if the whole range is one hole. */
  boolean isOneHole() {
    return runs == 1 && dataRuns == 0;
  }

  /** True if there is any hole. */
  boolean hasHoles() {
    return runs > dataRuns;
  }

  /** Total bytes of the headers of all chunks. */
  int headers() {
    return dataRuns * format.readHeader() + (runs - dataRuns) * format.hole();
  }

  /** Maximum number of buffers that {@link #layOut} needs. */
  int pieces() {
    return dataPieces + dataRuns + 1;
  }

  /**
   * Encodes the headers after the existing content of {@code slab}.
   *
   * @param length of the existing content, which is written first
   * @param target receives the buffers to write, in order
   * @return number of buffers
   */
  int layOut(Request request, Slab slab, int length, ByteBuffer[] target) {
    int count = 0;
    int from = 0; // start of the part of the slab that is not in target yet
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
        request.buffers.copyTo(target, count, piece, ends[i]);
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
