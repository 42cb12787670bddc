package org.nbdcore.example.checksum;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.FilterBlockDevice;
import org.nbdcore.spi.Flags;
import org.nbdcore.spi.helpers.Alignment;
import org.nbdcore.spi.helpers.RangeLocks;

/** Stores the checksums of written blocks, and compares them with the blocks that it reads. */
final class ChecksumDevice extends FilterBlockDevice {

  private final BlockChecksums checksums;

  ChecksumDevice(BlockDevice next, BlockChecksums checksums) {
    super(next);
    this.checksums = checksums;
  }

  @Override
  public void read(ByteBuffer dst, long offset) throws IOException {
    ByteBuffer data = dst.duplicate();
    long start = Alignment.roundDown(offset, BlockChecksums.BLOCK);
    RangeLocks.RangeLock lock = checksums.locks.shared(start, offset + dst.remaining());
    try {
      next.read(dst, offset);
      checksums.verify(data, offset);
    } finally {
      checksums.locks.release(lock);
    }
  }

  @Override
  public void write(ByteBuffer src, long offset, Flags flags) throws IOException {
    ByteBuffer data = src.duplicate(); // the next layer may move the position of src
    change(
        offset,
        src.remaining(),
        () -> {
          next.write(src, offset, flags);
          checksums.put(data, offset);
        });
  }

  @Override
  public void trim(long offset, long length, Flags flags) throws IOException {
    change(offset, length, () -> next.trim(offset, length, flags));
  }

  @Override
  public void zero(long offset, long length, Flags flags) throws IOException {
    change(offset, length, () -> next.zero(offset, length, flags));
  }

  private interface Change {
    void run() throws IOException;
  }

  /**
   * Changes a range. The blocks have no checksums afterwards, because a failed change leaves
   * unknown contents.
   */
  private void change(long offset, long length, Change change) throws IOException {
    long start = Alignment.roundDown(offset, BlockChecksums.BLOCK);
    long end = Alignment.roundUp(offset + length, BlockChecksums.BLOCK);
    RangeLocks.RangeLock lock = checksums.locks.exclusive(start, end);
    try {
      checksums.forget(offset, length);
      change.run();
    } finally {
      checksums.locks.release(lock);
    }
  }
}
