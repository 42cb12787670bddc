package org.nbdcore.client.fake;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Builds messages. */
public final class Bytes {

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  public Bytes u16(int value) {
    return raw(ByteBuffer.allocate(2).putShort((short) value).array());
  }

  public Bytes u32(long value) {
    return raw(ByteBuffer.allocate(4).putInt((int) value).array());
  }

  public Bytes u64(long value) {
    return raw(ByteBuffer.allocate(8).putLong(value).array());
  }

  public Bytes text(String text) {
    return raw(text.getBytes(StandardCharsets.UTF_8));
  }

  public Bytes raw(byte[] bytes) {
    out.writeBytes(bytes);
    return this;
  }

  public byte[] get() {
    return out.toByteArray();
  }
}
