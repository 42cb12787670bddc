package org.nbdcore.filter.ext2;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.function.Consumer;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.BlockSizes;
import org.nbdcore.spi.Flags;
import org.nbdcore.spi.NbdError;
import org.nbdcore.spi.NbdException;
import org.nbdcore.spi.Zeroes;
import org.nbdcore.spi.helpers.Alignment;
import org.nbdcore.spi.helpers.SplitRequests;
import org.nbdcore.spi.helpers.UnalignedReader;

/**
 * A file system, through the device of one connection. The caller of each method holds the monitor
 * of {@link #metadata}.
 */
final class FileSystem {

  private static final int MMP_CLEAN = 0xff4d4d50;

  private final BlockDevice device;
  private final Metadata metadata;
  private final Superblock superblock;
  private final Groups groups;
  private final long longest;

  private FileSystem(BlockDevice device, Metadata metadata) throws IOException {
    this.device = device;
    this.metadata = metadata;
    superblock = metadata.superblock;
    groups = new Groups(this);
    BlockSizes sizes = device.capabilities().blockSizes();
    longest = Alignment.roundDown(sizes.maximum(), sizes.minimum());
    if (sizes.minimum() > superblock.blockSize) {
      throw Superblock.refused(
          "the minimum block size of the layer below ("
              + sizes.minimum()
              + ") is larger than the blocks of the file system ("
              + superblock.blockSize
              + "); put --filter=blocksize below");
    }
  }

  /** Reads the superblock, if no other connection has done so. */
  static FileSystem open(BlockDevice device, Metadata metadata) throws IOException {
    if (metadata.superblock == null) {
      long size = device.size();
      if (size < Superblock.OFFSET + Superblock.LENGTH) {
        throw Superblock.refused(
            "not an ext2, ext3 or ext4 file system: the disk has only " + size + " bytes");
      }
      ByteBuffer bytes = new UnalignedReader(device).read(Superblock.OFFSET, Superblock.LENGTH);
      metadata.superblock = new Superblock(bytes.order(ByteOrder.LITTLE_ENDIAN), size);
      metadata.buffer = ByteBuffer.allocateDirect(metadata.superblock.blockSize);
    }
    return new FileSystem(device, metadata);
  }

  static NbdException damaged(String what) {
    return new NbdException(
        NbdError.EINVAL, "the file system is damaged: " + what + "; run e2fsck");
  }

  Metadata metadata() {
    return metadata;
  }

  Superblock superblock() {
    return superblock;
  }

  Groups groups() {
    return groups;
  }

  int blockSize() {
    return superblock.blockSize;
  }

  /** True if the blocks lie within the file system. */
  boolean contains(long number, long count) {
    return number > 0 && number < superblock.blocks && count <= superblock.blocks - number;
  }

  /**
   * Reads a block of metadata.
   *
   * @param what its name in errors
   * @return a little-endian buffer. To change the block, change this buffer and call {@link #write}
   */
  ByteBuffer block(long number, String what) throws IOException {
    ByteBuffer known = metadata.get(number);
    if (known != null) {
      return known;
    }
    if (number != 0 && !contains(number, 1)) {
      throw damaged(what + " is said to be in block " + number + " of " + superblock.blocks);
    }
    ByteBuffer buffer = metadata.buffer.clear();
    SplitRequests.read(device, longest, buffer, number * blockSize());
    ByteBuffer block = ByteBuffer.allocate(blockSize()).order(ByteOrder.LITTLE_ENDIAN);
    block.put(buffer.flip()).clear();
    metadata.put(number, block);
    return block;
  }

  /** Writes a block of metadata, and caches it. */
  void write(long number, ByteBuffer block) throws IOException {
    metadata.remove(number); // in case the write fails
    ByteBuffer buffer = metadata.buffer.clear();
    buffer.put(block.duplicate().clear()).flip();
    SplitRequests.write(device, longest, buffer, number * blockSize(), metadata.flags);
    metadata.put(number, block);
  }

  /** Writes zeroes to a block, without keeping it. */
  void writeZeroes(long number) throws IOException {
    ByteBuffer buffer = metadata.buffer.clear();
    Zeroes.fill(buffer);
    SplitRequests.write(device, longest, buffer.flip(), number * blockSize(), metadata.flags);
  }

  /** An empty block, for {@link #write}. */
  ByteBuffer emptyBlock() {
    return ByteBuffer.allocate(blockSize()).order(ByteOrder.LITTLE_ENDIAN);
  }

  /** Changes the superblock on the disk. */
  void updateSuperblock(Consumer<ByteBuffer> change) throws IOException {
    long number = Superblock.OFFSET / blockSize();
    ByteBuffer block = block(number, "the superblock");
    ByteBuffer bytes =
        block
            .slice(Superblock.OFFSET % blockSize(), Superblock.LENGTH)
            .order(ByteOrder.LITTLE_ENDIAN);
    change.accept(bytes);
    superblock.updateChecksum(bytes);
    write(number, block);
  }

  /**
   * Marks the file system as in use, before the first change of its metadata. Fails if another user
   * has marked it: connections with another export name to the same disk, and other servers, share
   * nothing with these connections except the disk. Reads the metadata again.
   */
  void begin() throws IOException {
    synchronized (metadata.marking) {
      metadata.clear();
      long number = Superblock.OFFSET / blockSize();
      int at = Superblock.OFFSET % blockSize() + Superblock.STATE;
      if (block(number, "the superblock").getShort(at) != Superblock.CLEAN) {
        throw new NbdException(
            NbdError.ENOTSUP,
            "no blocks can be allocated for holes of the file, because another server, or a client"
                + " that uses another export name, is allocating blocks");
      }
      mark(false);
    }
  }

  /** Sets or clears the mark of a file system that is not in use. */
  private void mark(boolean clean) throws IOException {
    updateSuperblock(bytes -> bytes.putShort(Superblock.STATE, (short) (clean ? 1 : 0)));
    metadata.marked = !clean;
  }

  /** Fails if another host has the file system mounted, if the file system records this. */
  void requireUnmounted() throws IOException {
    if (!superblock.hasMultiMountProtection()) {
      return;
    }
    int sequence = block(superblock.mmpBlock, "the block of mmp").getInt(4);
    if (sequence != MMP_CLEAN) {
      throw Superblock.refused(
          "the file system is in use by another host (mmp sequence 0x"
              + Integer.toHexString(sequence)
              + "); use -r");
    }
  }

  /** Ends the use by a device that writes; the last one marks the file system as not in use. */
  void release() throws IOException {
    metadata.writers--;
    if (metadata.writers == 0 && metadata.marked) {
      if (device.capabilities().flush()) {
        device.flush();
      }
      metadata.flags = Flags.NONE;
      mark(true);
    }
  }
}
