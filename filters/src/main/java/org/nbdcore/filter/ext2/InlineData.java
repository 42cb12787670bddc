package org.nbdcore.filter.ext2;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** The contents of a small file or directory, in its inode. */
final class InlineData {

  private static final int MAGIC = 0xea020000;
  private static final int ENTRY = 16;
  private static final int SYSTEM = 7;
  private static final byte[] NAME = "data".getBytes(StandardCharsets.US_ASCII);
  private static final int SHORT = 0xffff;

  private final Inode inode;

  InlineData(Inode inode) {
    this.inode = inode;
  }

  /**
   * The contents in two parts: in place of the block map, and in the attribute system.data.
   *
   * @return views of {@link Inode#bytes}, from 0 to their limit
   */
  ByteBuffer[] parts(ByteBuffer bytes) throws IOException {
    return new ByteBuffer[] {bytes.slice(Inode.MAP, Inode.MAP_LENGTH), attribute(bytes)};
  }

  private ByteBuffer attribute(ByteBuffer bytes) throws IOException {
    int end = bytes.capacity();
    int first =
        Inode.OLD_SIZE + (end > Inode.OLD_SIZE ? bytes.getShort(Inode.OLD_SIZE) & SHORT : 0) + 4;
    if (first > end - 4 || bytes.getInt(first - 4) != MAGIC) {
      throw damaged();
    }
    int at = first;
    while (at <= end - ENTRY && bytes.getInt(at) != 0) {
      int length = bytes.get(at) & 0xff;
      if (bytes.get(at + 1) == SYSTEM && isName(bytes, at + ENTRY, length, end)) {
        int offset = first + (bytes.getShort(at + 2) & SHORT);
        int size = bytes.getInt(at + 8);
        if (size < 0 || size > end - offset || bytes.getInt(at + 4) != 0) {
          throw damaged();
        }
        return size == 0 ? ByteBuffer.allocate(0) : bytes.slice(offset, size);
      }
      at += ENTRY + (length + 3 & ~3);
    }
    throw damaged();
  }

  private static boolean isName(ByteBuffer bytes, int at, int length, int end) {
    return length == NAME.length
        && at <= end - length
        && bytes.slice(at, length).equals(ByteBuffer.wrap(NAME));
  }

  private IOException damaged() {
    return FileSystem.damaged(
        "inode " + inode.number() + " is marked as inline, but contains no data");
  }

  /** Requires that the inode contains the whole file. */
  void requireWhole() throws IOException {
    if (inode.size() > fileBytes()) {
      throw damaged();
    }
  }

  /** Reads a part of the file. Bytes beyond the data are zeroes. */
  void read(ByteBuffer dst, long offset) throws IOException {
    ByteBuffer all = ByteBuffer.allocate(fileBytes());
    copy(inode.bytes(), all, false);
    for (long at = offset; dst.hasRemaining(); at++) {
      dst.put(at < all.limit() ? all.get((int) at) : 0);
    }
  }

  /** Writes to a part of the file. */
  void write(ByteBuffer src, long offset) throws IOException {
    ByteBuffer bytes = inode.bytes();
    ByteBuffer all = ByteBuffer.allocate(fileBytes());
    if (offset + src.remaining() > all.limit()) {
      throw damaged();
    }
    copy(bytes, all, false);
    all.position((int) offset).put(src);
    copy(bytes, all, true);
    inode.write(bytes);
  }

  private int fileBytes() throws IOException {
    int length = 0;
    for (ByteBuffer part : parts(inode.bytes())) {
      length += part.limit();
    }
    return length;
  }

  private void copy(ByteBuffer bytes, ByteBuffer all, boolean back) throws IOException {
    all.clear();
    for (ByteBuffer part : parts(bytes)) {
      ByteBuffer same = all.slice(all.position(), part.limit());
      all.position(all.position() + part.limit());
      if (back) {
        part.put(same);
      } else {
        same.put(part);
      }
    }
    all.clear();
  }
}
