package org.nbdcore.filter.ext2;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.nbdcore.spi.Session;

/**
 * Finds a name in a directory. The blocks of a hash tree look like empty or unused entries, so all
 * directories are searched from start to end.
 */
final class Directory {

  private static final int HEADER = 8;
  private static final long MAX_BYTES = 1L << 30;
  private static final int SHORT = 0xffff;
  private static final long INT = 0xffff_ffffL;

  private final Inode inode;
  private final FileSystem fileSystem;

  Directory(Inode inode) {
    this.inode = inode;
    fileSystem = inode.fileSystem();
  }

  /** The number of the inode with a name, or 0 if there is none. */
  long find(byte[] name, Session session) throws IOException {
    ByteBuffer wanted = ByteBuffer.wrap(name);
    if (inode.isInline()) {
      ByteBuffer[] parts = new InlineData(inode).parts(inode.bytes());
      long found = find(wanted, parts[0].slice(4, parts[0].limit() - 4));
      return found != 0 ? found : find(wanted, parts[1]);
    }
    if (inode.size() > MAX_BYTES) {
      throw damaged("has " + inode.size() + " bytes");
    }
    BlockMap map = inode.map();
    long end = inode.size() / fileSystem.blockSize();
    for (long at = 0; at < end; ) {
      session.requireConnected();
      Run run = map.find(at, end - at);
      at += run.isData() ? 1 : run.length();
      if (run.isData()) {
        ByteBuffer block = fileSystem.block(run.physical(), "a directory");
        long found = find(wanted, block.duplicate().clear());
        if (found != 0) {
          return found;
        }
      }
    }
    return 0;
  }

  private long find(ByteBuffer name, ByteBuffer unordered) throws IOException {
    ByteBuffer entries = unordered.order(ByteOrder.LITTLE_ENDIAN);
    int end = entries.limit();
    boolean wide = !fileSystem.superblock().hasFileTypes();
    for (int at = 0; at + HEADER <= end; ) {
      int length = length(entries.getShort(at + 4) & SHORT, end);
      int nameLength = wide ? entries.getShort(at + 6) & SHORT : entries.get(at + 6) & 0xff;
      if (length < HEADER || length % 4 != 0 || length > end - at) {
        throw damaged("has an entry of " + length + " bytes");
      }
      long number = entries.getInt(at) & INT;
      if (number != 0 && nameLength > length - HEADER) {
        throw damaged("has a name of " + nameLength + " bytes in an entry of " + length);
      }
      if (number != 0 && entries.slice(at + HEADER, nameLength).equals(name)) {
        return number;
      }
      at += length;
    }
    return 0;
  }

  /**
   * Decodes the length of an entry. Blocks of 64 KiB need a special encoding, because the field has
   * 16 bits.
   */
  private static int length(int stored, int end) {
    if (end < 1 << 16) {
      return stored;
    }
    return stored == SHORT || stored == 0 ? end : stored & ~3 | (stored & 3) << Short.SIZE;
  }

  private IOException damaged(String what) {
    return FileSystem.damaged("directory " + inode.number() + " " + what);
  }
}
