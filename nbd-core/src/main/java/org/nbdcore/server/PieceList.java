package org.nbdcore.server;

import java.nio.ByteBuffer;
import java.util.Arrays;
import org.nbdcore.spi.Loan;

/** What a device has lent for one read. Used by one thread. */
final class PieceList implements Loan {

  private static final ByteBuffer ZEROES = ByteBuffer.allocateDirect(1 << 16).asReadOnlyBuffer();

  private ByteBuffer[] pieces = new ByteBuffer[8];
  private boolean[] zeroes = new boolean[8]; // of which pieces the device said that they are
  private int count;
  private long length;
  private long zeroLength;

  @Override
  public void memory(ByteBuffer bytes) {
    if (count == pieces.length) {
      pieces = Arrays.copyOf(pieces, count * 2);
      zeroes = Arrays.copyOf(zeroes, count * 2);
    }
    zeroes[count] = false;
    pieces[count++] = bytes;
    length += bytes.remaining();
  }

  @Override
  public void zeroes(long size) {
    for (long left = size; left > 0; ) {
      int now = (int) Math.min(left, ZEROES.capacity());
      memory(ZEROES.duplicate().limit(now));
      zeroes[count - 1] = true;
      zeroLength += now;
      left -= now;
    }
  }

  /** Whether the device has said of any of it that it is zeroes. */
  boolean hasZeroes() {
    return zeroLength > 0;
  }

  /** Whether the device has said of a piece, counted from 0, that it is zeroes. */
  boolean isZeroes(int index) {
    return zeroes[index];
  }

  /** How long a piece is, counted from 0. */
  int length(int index) {
    return pieces[index].remaining();
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

  /**
   * Puts the pieces from {@code first} to before {@code end} into {@code target} from {@code at}.
   */
  void copyTo(ByteBuffer[] target, int at, int first, int end) {
    System.arraycopy(pieces, first, target, at, end - first);
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
    zeroLength = 0;
  }
}
