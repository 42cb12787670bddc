package org.nbdcore.filter.lzip;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.nbdcore.spi.helpers.UnalignedReader;

/**
 * A member of an lzip file: a header, data, and a trailer with the size and checksum.
 *
 * @param position of its start in the file
 * @param end of the member in the file
 * @param length of its decompressed data, in bytes
 */
record LzipMember(long position, long end, long length) {

  static final int HEADER = 6;
  static final int TRAILER = 20;

  /** Minimum size of a member in bytes. */
  static final int SHORTEST = 36;

  private static final int MAGIC = 'L' | 'Z' << 8 | 'I' << 16 | 'P' << 24;
  private static final int VERSION = 1;
  private static final int SMALLEST_DICTIONARY = 12; // as a power of two
  private static final int LARGEST_DICTIONARY = 29;

  /** The member that ends there; null if none does. */
  static LzipMember endingAt(UnalignedReader file, long end) throws IOException {
    if (end < SHORTEST) {
      return null;
    }
    ByteBuffer trailer = little(file.read(end - TRAILER, TRAILER));
    long packed = trailer.getLong(12);
    long length = trailer.getLong(4);
    if (packed < SHORTEST || packed > end || length < 0) {
      return null;
    }
    return dictionary(file, end - packed) < 0 ? null : new LzipMember(end - packed, end, length);
  }

  /** The size of the dictionary of the member that begins there, in bytes; -1 if none does. */
  static int dictionary(UnalignedReader file, long position) throws IOException {
    ByteBuffer header = little(file.read(position, HEADER));
    if (header.getInt(0) != MAGIC || header.get(4) != VERSION) {
      return -1;
    }
    int size = header.get(5) & 0x1f;
    int less = header.get(5) >> 5 & 7;
    if (size < SMALLEST_DICTIONARY || size > LARGEST_DICTIONARY) {
      return -1;
    }
    int dictionary = (1 << size) - less * (1 << size - 4);
    return dictionary < 1 << SMALLEST_DICTIONARY ? -1 : dictionary;
  }

  static ByteBuffer little(ByteBuffer bytes) {
    return bytes.order(ByteOrder.LITTLE_ENDIAN);
  }
}
