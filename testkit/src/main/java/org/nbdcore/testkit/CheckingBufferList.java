package org.nbdcore.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import org.nbdcore.spi.BufferList;

/** Copies the bytes of a zero-copy read and checks that their number is right. */
final class CheckingBufferList implements BufferList {

  private final byte[] bytes;
  private int filled;

  CheckingBufferList(int length) {
    this.bytes = new byte[length];
  }

  @Override
  public void add(ByteBuffer lent) {
    int length = lent.remaining();
    take(length);
    lent.get(bytes, filled - length, length);
  }

  @Override
  public void addZeroes(long length) {
    take(length);
  }

  @Override
  public boolean acceptsFiles() {
    return true;
  }

  @Override
  public void addFile(FileChannel file, long position, long length) {
    ByteBuffer lent = ByteBuffer.wrap(bytes, 0, (int) length);
    take(length);
    if (filled != length) {
      throw new AssertionError("a range of a file is all that may be lent");
    }
    try {
      while (lent.hasRemaining() && file.read(lent, position + lent.position()) > 0) {}
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    if (lent.hasRemaining()) {
      throw new AssertionError("the file ends " + lent.remaining() + " bytes before the loan");
    }
  }

  private void take(long length) {
    if (length <= 0 || length > bytes.length - filled) {
      throw new AssertionError(
          length + " bytes lent after " + filled + ", but " + bytes.length + " were asked for");
    }
    filled += (int) length;
  }

  /** Number of bytes added. */
  int filled() {
    return filled;
  }

  /** The bytes, if all of them were added. */
  byte[] bytes() {
    if (filled != bytes.length) {
      throw new AssertionError("only " + filled + " of " + bytes.length + " bytes were lent");
    }
    return bytes;
  }
}
