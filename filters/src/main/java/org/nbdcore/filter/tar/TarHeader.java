package org.nbdcore.filter.tar;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** The 512 bytes before the contents of each member. */
final class TarHeader {

  private static final int NAME = 0;
  private static final int NAME_LENGTH = 100;
  private static final int SIZE = 124;
  private static final int SIZE_LENGTH = 12;
  private static final int CHECKSUM = 148;
  private static final int CHECKSUM_LENGTH = 8;
  private static final int TYPE = 156;
  private static final int MAGIC = 257;
  private static final int PREFIX = 345;
  private static final int PREFIX_LENGTH = 155;

  private final ByteBuffer bytes;

  /** Parses {@code bytes}, from 0 to their limit. */
  TarHeader(ByteBuffer bytes) {
    this.bytes = bytes;
  }

  /** True if the header is empty, which marks the end of the archive. */
  boolean isEnd() {
    for (int i = 0; i < bytes.limit(); i++) {
      if (bytes.get(i) != 0) {
        return false;
      }
    }
    return true;
  }

  /** True if the checksum is right. Some old programs added signed bytes. */
  boolean isValid() {
    int unsigned = 0;
    int signed = 0;
    for (int i = 0; i < bytes.limit(); i++) {
      boolean own = i >= CHECKSUM && i < CHECKSUM + CHECKSUM_LENGTH;
      byte value = own ? (byte) ' ' : bytes.get(i);
      unsigned += value & 0xff;
      signed += value;
    }
    long expected = number(CHECKSUM, CHECKSUM_LENGTH);
    return expected == unsigned || expected == signed;
  }

  char type() {
    return (char) (bytes.get(TYPE) & 0xff);
  }

  /** The size of the contents in bytes; negative if it is invalid. */
  long size() {
    return number(SIZE, SIZE_LENGTH);
  }

  /** True if contents of that size follow. The size of a link may be that of its target. */
  boolean hasContents() {
    return switch (type()) {
      case '1', '2', '3', '4', '5', '6' -> false;
      default -> true;
    };
  }

  String name() {
    String name = text(bytes.slice(NAME, NAME_LENGTH));
    boolean posix = text(bytes.slice(MAGIC, 6)).equals("ustar");
    String prefix = posix ? text(bytes.slice(PREFIX, PREFIX_LENGTH)) : "";
    return prefix.isEmpty() ? name : prefix + "/" + name;
  }

  /** The text before the first zero byte. */
  static String text(ByteBuffer from) {
    int length = 0;
    while (length < from.limit() && from.get(length) != 0) {
      length++;
    }
    byte[] text = new byte[length];
    from.get(0, text);
    return new String(text, StandardCharsets.UTF_8);
  }

  /** A number in octal digits or, with the first bit set, in the bits after that. */
  private long number(int from, int length) {
    if ((bytes.get(from) & 0x80) != 0) {
      long value = bytes.get(from) & 0x7f;
      for (int i = from + 1; i < from + length; i++) {
        if (value >>> 55 != 0) {
          return -1;
        }
        value = value << 8 | bytes.get(i) & 0xff;
      }
      return value;
    }
    long value = 0;
    for (int i = from; i < from + length; i++) {
      byte digit = bytes.get(i);
      if (digit >= '0' && digit <= '7') {
        value = value << 3 | digit - '0';
      } else if (digit != ' ' && digit != 0) {
        return -1;
      }
    }
    return value;
  }
}
