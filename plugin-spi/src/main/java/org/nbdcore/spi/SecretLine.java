package org.nbdcore.spi;

import java.util.Arrays;

/** Collects the bytes of a password, and overwrites each array that held them. */
final class SecretLine implements AutoCloseable {

  private byte[] bytes = new byte[64];
  private int length;

  void add(int b) {
    if (length == bytes.length) {
      byte[] longer = Arrays.copyOf(bytes, length * 2);
      Arrays.fill(bytes, (byte) 0);
      bytes = longer;
    }
    bytes[length++] = (byte) b;
  }

  boolean isEmpty() {
    return length == 0;
  }

  Secret secret() {
    return Secret.of(Arrays.copyOf(bytes, length));
  }

  @Override
  public void close() {
    Arrays.fill(bytes, (byte) 0);
  }
}
