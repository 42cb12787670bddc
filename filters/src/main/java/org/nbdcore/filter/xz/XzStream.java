package org.nbdcore.filter.xz;

import static org.nbdcore.filter.xz.XzEncoding.little;
import static org.nbdcore.filter.xz.XzEncoding.padded;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.NbdException;
import org.nbdcore.spi.helpers.UnalignedReader;

/**
 * A stream of an xz file: a header, blocks, their index and a footer.
 *
 * @param position of its start in the file
 * @param check type of the blocks' checksum, as a number of the format
 * @param unpadded length of each block in the file, without its padding to four bytes
 * @param lengths decompressed length of each block
 */
record XzStream(long position, int check, long[] unpadded, long[] lengths) {

  static final int HEADER = 12;
  private static final int FOOTER = 12;

  /** The shortest index; with header and footer the shortest stream. */
  private static final int SHORTEST_INDEX = 8;

  static final int SHORTEST = HEADER + SHORTEST_INDEX + FOOTER;

  /** A hostile index could fill the memory. */
  private static final int LONGEST_INDEX = 64 << 20;

  private static final int SHORTEST_BLOCK = 5;
  private static final byte[] MAGIC = {(byte) 0xfd, '7', 'z', 'X', 'Z', 0};
  private static final short END_MAGIC = 'Y' | 'Z' << 8;

  /** True if a file starts with the magic bytes of xz. */
  static boolean begins(BlockDevice file, long size) throws IOException {
    return size >= SHORTEST
        && new UnalignedReader(file).read(0, MAGIC.length).equals(ByteBuffer.wrap(MAGIC));
  }

  /** Reads, from its end, the stream that ends at {@code end}. */
  static XzStream endingAt(BlockDevice file, long end, int mostBlocks) throws IOException {
    UnalignedReader range = new UnalignedReader(file);
    check(end >= SHORTEST, "there is no room for a stream before " + end);
    ByteBuffer footer = little(range.read(end - FOOTER, FOOTER));
    boolean whole =
        footer.getShort(10) == END_MAGIC && footer.getInt(0) == XzEncoding.crc(footer, 4, 6);
    check(whole, "no stream ends at " + end + "; it may have been cut off");
    long length = ((footer.getInt(4) & 0xffff_ffffL) + 1) * 4;
    check(length <= end - HEADER - FOOTER, "an index of " + length + " bytes is not in it");
    if (length > LONGEST_INDEX) {
      throw XzBlocks.refused("has an index of " + length + " bytes, more than " + LONGEST_INDEX);
    }
    long indexAt = end - FOOTER - length;
    ByteBuffer index = little(range.read(indexAt, (int) length));
    int crcAt = (int) length - 4;
    check(index.getInt(crcAt) == XzEncoding.crc(index, 0, crcAt), "the index at " + indexAt);
    return read(range, index.limit(crcAt), indexAt, footer.getShort(8), mostBlocks);
  }

  private static XzStream read(
      UnalignedReader range, ByteBuffer index, long indexAt, short flags, int mostBlocks)
      throws IOException {
    check(index.get() == 0, "the index at " + indexAt);
    long count = XzEncoding.number(index);
    check(count >= 0 && count <= index.remaining() / 2, "the index at " + indexAt);
    if (count > mostBlocks) {
      throw XzBlocks.refused("has more than " + XzBlocks.MAX_BLOCKS + " blocks");
    }
    long[] unpadded = new long[(int) count];
    long[] lengths = new long[(int) count];
    long start = indexAt;
    for (int i = 0; i < count; i++) {
      unpadded[i] = XzEncoding.number(index);
      lengths[i] = XzEncoding.number(index);
      boolean fits = unpadded[i] >= SHORTEST_BLOCK && unpadded[i] <= start - HEADER;
      check(fits && lengths[i] >= 0, "a block before " + start + " is not in it");
      start -= padded(unpadded[i]);
    }
    start -= HEADER;
    check(start >= 0, "the blocks before " + indexAt + " are not in it");
    ByteBuffer header = little(range.read(start, HEADER));
    boolean same =
        header.slice(0, MAGIC.length).equals(ByteBuffer.wrap(MAGIC))
            && header.getShort(6) == flags
            && header.getInt(8) == XzEncoding.crc(header, 6, 2);
    check(same, "the stream at " + start + " has different flags in its header and its footer");
    return new XzStream(start, flags >>> 8 & 0xff, unpadded, lengths);
  }

  private static void check(boolean condition, String how) throws NbdException {
    if (!condition) {
      throw XzBlocks.damaged(how);
    }
  }

  /** Creates a stream header with this type of checksum. */
  static byte[] header(int check) {
    ByteBuffer header = little(ByteBuffer.allocate(HEADER));
    header.put(MAGIC).put((byte) 0).put((byte) check);
    return header.putInt(XzEncoding.crc(header, 6, 2)).array();
  }

  /** Index and footer of a stream of one block. */
  static byte[] ending(int check, long unpadded, long length) {
    ByteBuffer bytes = little(ByteBuffer.allocate(64));
    bytes.put((byte) 0).put((byte) 1);
    XzEncoding.putNumber(bytes, unpadded);
    XzEncoding.putNumber(bytes, length);
    bytes.position((int) padded(bytes.position()));
    bytes.putInt(XzEncoding.crc(bytes, 0, bytes.position()));
    int footer = bytes.position();
    bytes.putInt(footer + 4, footer / 4 - 1).put(footer + 9, (byte) check);
    bytes.putInt(footer, XzEncoding.crc(bytes, footer + 4, 6)).putShort(footer + 10, END_MAGIC);
    return Arrays.copyOf(bytes.array(), footer + FOOTER);
  }
}
