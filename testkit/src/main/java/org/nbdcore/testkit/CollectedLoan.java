package org.nbdcore.testkit;

import java.nio.ByteBuffer;
import org.nbdcore.spi.Loan;

/** Copies what is lent, and sees that it is neither too much nor too little. */
final class CollectedLoan implements Loan {

  private final byte[] bytes;
  private int filled;

  CollectedLoan(int length) {
    this.bytes = new byte[length];
  }

  @Override
  public void memory(ByteBuffer lent) {
    int length = lent.remaining();
    take(length);
    lent.get(bytes, filled - length, length);
  }

  @Override
  public void zeroes(long length) {
    take(length);
  }

  private void take(long length) {
    if (length <= 0 || length > bytes.length - filled) {
      throw new AssertionError(
          length + " bytes lent after " + filled + ", but " + bytes.length + " were asked for");
    }
    filled += (int) length;
  }

  /** How many bytes were lent. */
  int filled() {
    return filled;
  }

  /** What was lent, if it was all. */
  byte[] bytes() {
    if (filled != bytes.length) {
      throw new AssertionError("only " + filled + " of " + bytes.length + " bytes were lent");
    }
    return bytes;
  }
}
