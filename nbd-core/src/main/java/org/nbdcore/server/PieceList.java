package org.nbdcore.server;

import java.nio.ByteBuffer;
import java.util.Arrays;
import org.nbdcore.spi.Loan;

/** What a device has lent for one read. Used by one thread. */
final class PieceList implements Loan {

  private static final ByteBuffer ZEROES = ByteBuffer.allocateDirect(1 << 16).asReadOnlyBuffer();

  private ByteBuffer[] pieces = new ByteBuffer[8];
  private int count;
  private long length;

  @Override
  public void memory(ByteBuffer bytes) {
    if (count == pieces.length) {
      pieces = Arrays.copyOf(pieces, count * 2);
    }
    pieces[count++] = bytes;
    length += bytes.remaining();
  }

  @Override
  public void zeroes(long size) {
    for (long left = size; left > 0; ) {
      int now = (int) Math.min(left, ZEROES.capacity());
      memory(ZEROES.duplicate().limit(now));
      left -= now;
    }
  }

  /** How many pieces there are. */
  int count() {
    return count;
  }

  /** How many bytes they have together. */
  long length() {
    return length;
  }

  /** Puts the pieces into {@code target} from {@code at}. */
  void copyTo(ByteBuffer[] target, int at) {
    System.arraycopy(pieces, 0, target, at, count);
  }

  /** Copies the bytes to the beginning of {@code slab}. */
  void copyTo(Slab slab) {
    int at = 0;
    for (int i = 0; i < count; i++) {
      ByteBuffer piece = pieces[i];
      slab.bytes.put(at, piece, piece.position(), piece.remaining());
      at += piece.remaining();
    }
  }

  /** Forgets everything, so that lent memory is not kept alive. */
  void clear() {
    Arrays.fill(pieces, 0, count, null);
    count = 0;
    length = 0;
  }
}
