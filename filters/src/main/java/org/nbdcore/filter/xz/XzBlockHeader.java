package org.nbdcore.filter.xz;

import static org.nbdcore.filter.xz.XzEncoding.little;

import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import org.nbdcore.spi.NbdException;
import org.nbdcore.spi.helpers.UnalignedReader;

/** The header of a block, which describes its compression. */
final class XzBlockHeader {

  private static final int PACKED_LENGTH = 0x40;
  private static final int LENGTH = 0x80;
  private static final int LZMA2 = 0x21;

  /** The code of a dictionary of 4 GiB, the largest valid one. */
  private static final byte LARGEST = 40;

  private XzBlockHeader() {}

  /**
   * Reads a header, and reduces its dictionary to the size of the block. Compressors declare the
   * same large dictionary for small blocks as for a whole file, and decompression would allocate
   * all of it.
   *
   * @param longest number of bytes of the block in the file
   * @param length of the decompressed block, in bytes
   */
  static byte[] read(UnalignedReader file, long position, long longest, int length)
      throws IOException {
    int headerLength = ((file.read(position, 1).get(0) & 0xff) + 1) * 4;
    if (headerLength == 4 || headerLength > longest) {
      throw XzBlocks.damaged("no block begins at " + position);
    }
    byte[] header = new byte[headerLength];
    file.read(position, headerLength).get(header);
    ByteBuffer bytes = little(ByteBuffer.wrap(header));
    int crcAt = headerLength - 4;
    if (bytes.getInt(crcAt) != XzEncoding.crc(bytes, 0, crcAt)) {
      throw XzBlocks.damaged("the header of the block at " + position);
    }
    try {
      limitDictionary(bytes.limit(crcAt).position(1), length);
    } catch (BufferUnderflowException | IndexOutOfBoundsException | IllegalArgumentException e) {
      throw XzBlocks.damaged("the header of the block at " + position);
    }
    bytes.limit(headerLength).putInt(crcAt, XzEncoding.crc(bytes, 0, crcAt));
    return header;
  }

  private static void limitDictionary(ByteBuffer bytes, int length) throws NbdException {
    int flags = bytes.get();
    if ((flags & PACKED_LENGTH) != 0) {
      XzEncoding.number(bytes);
    }
    if ((flags & LENGTH) != 0) {
      XzEncoding.number(bytes);
    }
    for (int filters = (flags & 3) + 1; filters > 0; filters--) {
      long filter = XzEncoding.number(bytes);
      long properties = XzEncoding.number(bytes);
      int at = bytes.position();
      if (filter == LZMA2 && properties == 1) {
        byte asked = bytes.get(at);
        bytes.put(at, asked <= LARGEST ? (byte) Math.min(asked, dictionary(length)) : asked);
      }
      bytes.position(at + Math.toIntExact(Math.min(properties, Integer.MAX_VALUE - at)));
    }
  }

  /** The code of the smallest dictionary that holds this many bytes. */
  private static byte dictionary(int length) {
    byte number = 0;
    while ((2L | number & 1) << number / 2 + 11 < length) {
      number++;
    }
    return number;
  }
}
