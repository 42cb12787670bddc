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
  public void add(ByteBuffer added) {
    int length = added.remaining();
    take(length);
    added.get(bytes, filled - length, length);
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
    ByteBuffer dst = ByteBuffer.wrap(bytes, 0, (int) length);
    take(length);
    if (filled != length) {
      throw new AssertionError("a range of a file must be the only addition");
    }
    try {
      while (dst.hasRemaining() && file.read(dst, position + dst.position()) > 0) {}
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    if (dst.hasRemaining()) {
      throw new AssertionError("the file ends " + dst.remaining() + " bytes before the range");
    }
  }

  private void take(long length) {
    if (length <= 0 || length > bytes.length - filled) {
      throw new AssertionError(
          length + " bytes added after " + filled + ", but " + bytes.length + " were asked for");
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
      throw new AssertionError("only " + filled + " of " + bytes.length + " bytes were added");
    }
    return bytes;
  }
}
