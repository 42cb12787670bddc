package org.nbdcore.filter.xz;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32;
import org.nbdcore.spi.NbdException;

/** Parses the elements of the xz format. */
final class XzEncoding {

  /** Maximum length of a number, in bytes of 7 bits each. */
  private static final int LONGEST_NUMBER = 9;

  private XzEncoding() {}

  /** The CRC-32 of {@code length} bytes from {@code from}. */
  static int crc(ByteBuffer bytes, int from, int length) {
    CRC32 crc = new CRC32();
    crc.update(bytes.slice(from, length));
    return (int) crc.getValue();
  }

  /** Reads a number at the position of {@code bytes}, and advances the position. */
  static long number(ByteBuffer bytes) throws NbdException {
    long value = 0;
    for (int i = 0; i < LONGEST_NUMBER && bytes.hasRemaining(); i++) {
      byte next = bytes.get();
      value |= (next & 0x7fL) << 7 * i;
      if (next >= 0) {
        return value;
      }
    }
    throw XzBlocks.damaged("a number in it has no end");
  }

  /** Writes a number in the form that {@link #number} reads. */
  static void putNumber(ByteBuffer dst, long value) {
    long rest = value;
    while (rest > 0x7f) {
      dst.put((byte) (rest | 0x80));
      rest >>>= 7;
    }
    dst.put((byte) rest);
  }

  static ByteBuffer little(ByteBuffer bytes) {
    return bytes.order(ByteOrder.LITTLE_ENDIAN);
  }

  /** The next multiple of four. */
  static long padded(long length) {
    return length + 3 & -4;
  }
}
