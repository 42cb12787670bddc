package org.nbdcore.filter.ext2;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/** A node of the tree of extents: the root in the inode, or a block. */
final class ExtentNode {

  static final int MAX_LEVELS = 5;
  static final int MAX_WRITTEN = 32768;
  static final int MAX_UNWRITTEN = MAX_WRITTEN - 1;
  private static final int ENTRY = 12;
  private static final int MAGIC = 0xf30a;
  private static final int SHORT = 0xffff;
  private static final long INT = 0xffff_ffffL;

  /**
   * An extent, or an entry of an inner node.
   *
   * @param length in blocks; 0 in inner nodes
   * @param physical the first block, or that of the next node
   */
  record Entry(long logical, int length, boolean unwritten, long physical) {
    long end() {
      return logical + length;
    }
  }

  private final Inode inode;
  private final long block; // 0 for the root
  private final ByteBuffer bytes;

  private ExtentNode(Inode inode, long block, ByteBuffer bytes) {
    this.inode = inode;
    this.block = block;
    this.bytes = bytes;
  }

  static ExtentNode root(Inode inode) throws IOException {
    ExtentNode root = new ExtentNode(inode, 0, map(inode.bytes()));
    root.check(Math.min(root.depth(), MAX_LEVELS));
    return root;
  }

  private static ByteBuffer map(ByteBuffer inode) {
    return inode.slice(Inode.MAP, Inode.MAP_LENGTH).order(ByteOrder.LITTLE_ENDIAN);
  }

  /** A node that does not exist yet; {@link #write} writes it. */
  static ExtentNode create(Inode inode, long block) {
    return new ExtentNode(inode, block, inode.fileSystem().emptyBlock());
  }

  ExtentNode child(int index) throws IOException {
    long number = physical(index);
    ByteBuffer block = inode.fileSystem().block(number, "an extent node");
    ExtentNode child = new ExtentNode(inode, number, block);
    child.check(depth() - 1);
    if (inode.fileSystem().superblock().hasChecksums()
        && block.getInt(child.tail()) != child.checksum()) {
      throw child.damaged("a wrong checksum");
    }
    return child;
  }

  private void check(int depth) throws IOException {
    if ((bytes.getShort(0) & SHORT) != MAGIC || depth() != depth) {
      throw damaged("no header of depth " + depth);
    }
    if (max() > room() || count() > max() || depth > 0 && count() == 0) {
      throw damaged("an impossible number of entries");
    }
    long next = 0;
    for (int i = 0; i < count(); i++) {
      if (logical(i) < next) {
        throw damaged("entries that are not in order");
      }
      next = logical(i) + (depth > 0 ? 1 : length(i));
      if (!inode.fileSystem().contains(physical(i), depth > 0 ? 1 : length(i))) {
        throw damaged("blocks beyond the end of the file system");
      }
    }
  }

  private IOException damaged(String what) {
    return FileSystem.damaged("the extent tree of inode " + inode.number() + " has " + what);
  }

  private int room() {
    return (bytes.capacity() - ENTRY) / ENTRY;
  }

  private int tail() {
    return ENTRY + ENTRY * max();
  }

  private int checksum() {
    return Checksums.crc32c(inode.checksumSeed(), bytes, 0, tail());
  }

  boolean isRoot() {
    return block == 0;
  }

  int depth() {
    return bytes.getShort(6) & SHORT;
  }

  int count() {
    return bytes.getShort(2) & SHORT;
  }

  int max() {
    return bytes.getShort(4) & SHORT;
  }

  long logical(int index) {
    return bytes.getInt(ENTRY + ENTRY * index) & INT;
  }

  int length(int index) {
    int length = bytes.getShort(ENTRY + ENTRY * index + 4) & SHORT;
    return length > MAX_WRITTEN ? length - MAX_WRITTEN : length;
  }

  boolean unwritten(int index) {
    return (bytes.getShort(ENTRY + ENTRY * index + 4) & SHORT) > MAX_WRITTEN;
  }

  long physical(int index) {
    int at = ENTRY + ENTRY * index;
    boolean inner = depth() > 0;
    long low = bytes.getInt(at + (inner ? 4 : 8)) & INT;
    return low | (bytes.getShort(at + (inner ? 8 : 6)) & (long) SHORT) << Integer.SIZE;
  }

  /** The last entry that begins at or before a block, or -1. */
  int indexOf(long logical) {
    int low = 0;
    int high = count();
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (logical(middle) <= logical) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low - 1;
  }

  List<Entry> entries() {
    List<Entry> entries = new ArrayList<>(count() + 2);
    for (int i = 0; i < count(); i++) {
      boolean inner = depth() > 0;
      entries.add(
          new Entry(logical(i), inner ? 0 : length(i), !inner && unwritten(i), physical(i)));
    }
    return entries;
  }

  /** Maximum number of entries of the node, also of a node that is not written yet. */
  int capacity() {
    return isRoot() || max() > 0 ? max() : room();
  }

  /** Replaces the entries. */
  void write(int depth, List<Entry> entries) throws IOException {
    int max = capacity();
    // The root's buffer may be older than the inode: an allocation may have replaced it.
    ByteBuffer whole = isRoot() ? inode.bytes() : bytes;
    ByteBuffer target = isRoot() ? map(whole) : bytes;
    target.putShort(0, (short) MAGIC).putShort(2, (short) entries.size());
    target.putShort(4, (short) max).putShort(6, (short) depth);
    int at = ENTRY;
    for (Entry entry : entries) {
      target.putInt(at, (int) entry.logical());
      short high = (short) (entry.physical() >>> Integer.SIZE);
      if (depth > 0) {
        target.putInt(at + 4, (int) entry.physical());
        target.putInt(at + 8, high & SHORT);
      } else {
        target.putShort(at + 4, (short) (entry.length() + (entry.unwritten() ? MAX_WRITTEN : 0)));
        target.putShort(at + 6, high).putInt(at + 8, (int) entry.physical());
      }
      at += ENTRY;
    }
    if (isRoot()) {
      inode.write(whole);
      return;
    }
    if (inode.fileSystem().superblock().hasChecksums()) {
      bytes.putInt(tail(), checksum());
    }
    inode.fileSystem().write(block, bytes);
  }
}
