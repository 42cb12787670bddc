package org.nbdcore.nfc;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HexFormat;

/** Bytes written as hexadecimal digits with spaces. */
final class Hex {

  private Hex() {}

  static ByteBuffer bytes(String digits) {
    return ByteBuffer.wrap(HexFormat.of().parseHex(digits.replace(" ", "")))
        .order(ByteOrder.LITTLE_ENDIAN);
  }

  static String digits(ByteBuffer buffer) {
    byte[] bytes = new byte[buffer.remaining()];
    buffer.duplicate().get(bytes);
    return HexFormat.of().formatHex(bytes);
  }
}
