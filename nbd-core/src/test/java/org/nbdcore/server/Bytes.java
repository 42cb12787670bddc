package org.nbdcore.server;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;

/** A message, put together field by field. */
final class Bytes {

  private final ByteArrayOutputStream all = new ByteArrayOutputStream();

  /** Adds the last {@code bytes} bytes of a number. */
  Bytes add(long value, int bytes) {
    all.write(ByteBuffer.allocate(8).putLong(value).array(), 8 - bytes, bytes);
    return this;
  }

  Bytes add(byte[] bytes) {
    all.writeBytes(bytes);
    return this;
  }

  int size() {
    return all.size();
  }

  byte[] array() {
    return all.toByteArray();
  }
}
