package org.nbdcore.vmdk;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * An extent that cannot be written, in a disk that otherwise can.
 *
 * @param why for the message
 */
record RefusingWriter(String why) implements ExtentWriter {

  @Override
  public void write(ByteBuffer src, int n, long offset) throws IOException {
    throw refusal(offset);
  }

  @Override
  public void zero(long offset, long length) throws IOException {
    throw refusal(offset);
  }

  private VmdkException refusal(long offset) {
    return new VmdkException(why + ", so that byte " + offset + " of it cannot be written");
  }

  @Override
  public void trim(long offset, long length) {}

  @Override
  public boolean zeroesQuickly() {
    return true; // it fails at once
  }

  @Override
  public void flush() {}

  @Override
  public void settle() {}
}
