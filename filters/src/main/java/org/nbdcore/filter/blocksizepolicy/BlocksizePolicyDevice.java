package org.nbdcore.filter.blocksizepolicy;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.nbdcore.filter.common.AlignedExtents;
import org.nbdcore.filter.common.Blocks;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.BlockSizes;
import org.nbdcore.spi.Capabilities;
import org.nbdcore.spi.Completion;
import org.nbdcore.spi.ExtentSink;
import org.nbdcore.spi.FilterBlockDevice;
import org.nbdcore.spi.Loan;
import org.nbdcore.spi.NbdError;
import org.nbdcore.spi.NbdException;
import org.nbdcore.spi.Session;

/** Checks each request against the sizes that the client was told. */
final class BlocksizePolicyDevice extends FilterBlockDevice {

  private final BlockSizes told;
  private final BlockSizes below; // what the next device relies on
  private final ErrorPolicy policy;
  private final long writeDisconnect;
  private final Session session;
  private final long size;
  private final boolean extents;

  BlocksizePolicyDevice(
      BlockDevice next,
      BlockSizes told,
      BlockSizes below,
      ErrorPolicy policy,
      long writeDisconnect,
      Session session)
      throws IOException {
    super(next);
    this.told = told;
    this.below = below;
    this.policy = policy;
    this.writeDisconnect = writeDisconnect;
    this.session = session;
    this.size = next.size();
    this.extents = next.capabilities().extents();
  }

  /**
   * Lenient and with extents, so that all requests that the policy is about arrive here: the server
   * answers a block status by itself if a device has no extents.
   */
  @Override
  public Capabilities capabilities() throws IOException {
    return next.capabilities().withBlockSizes(told).withLenient(true).withExtents(true);
  }

  @Override
  public void read(ByteBuffer dst, long offset) throws IOException {
    checkData("read", offset, dst.remaining());
    next.read(dst, offset);
  }

  @Override
  public boolean lend(long offset, long length, Loan loan) throws IOException {
    checkData("read", offset, length);
    return next.lend(offset, length, loan);
  }

  @Override
  public void write(ByteBuffer src, long offset, int flags) throws IOException {
    checkWrite(offset, src.remaining());
    next.write(src, offset, flags);
  }

  @Override
  public boolean asynchronous() {
    return next.asynchronous();
  }

  @Override
  public boolean beginRead(ByteBuffer dst, long offset, Completion completion) throws IOException {
    checkData("read", offset, dst.remaining());
    return next.beginRead(dst, offset, completion);
  }

  @Override
  public boolean beginWrite(ByteBuffer src, long offset, int flags, Completion completion)
      throws IOException {
    checkWrite(offset, src.remaining());
    return next.beginWrite(src, offset, flags, completion);
  }

  @Override
  public void trim(long offset, long length, int flags) throws IOException {
    check("trim", offset, length);
    next.trim(offset, length, flags);
  }

  @Override
  public void zero(long offset, long length, int flags) throws IOException {
    check("zero", offset, length);
    next.zero(offset, length, flags);
  }

  @Override
  public void extents(long offset, long length, int flags, ExtentSink sink) throws IOException {
    check("extents", offset, length);
    long block = Math.max(told.minimum(), below.minimum());
    long start = Blocks.down(offset, block);
    long whole = Blocks.down(size, block); // what is behind it is the disk's last, short block
    long end = offset + length > whole ? size : Blocks.up(offset + length, block);
    if (extents) {
      AlignedExtents.collect(
          next::extents, start, end - start, flags, below.minimum(), block, sink);
    } else {
      sink.add(start, end - start, ExtentSink.DATA);
    }
  }

  @Override
  public void cache(long offset, long length) throws IOException {
    check("cache", offset, length);
    next.cache(offset, length);
  }

  private void checkWrite(long offset, int length) throws NbdException {
    if (length > writeDisconnect) {
      session.disconnect(true);
      throw new NbdException(
          NbdError.ESHUTDOWN,
          "a write of "
              + length
              + " bytes is longer than blocksize-write-disconnect="
              + writeDisconnect);
    }
    checkData("write", offset, length);
  }

  private void checkData(String operation, long offset, long length) throws NbdException {
    long longest =
        policy == ErrorPolicy.ALLOW ? below.maximum() : Math.min(told.maximum(), below.maximum());
    if (length > longest) {
      throw new NbdException(
          NbdError.EINVAL,
          operation + " of " + length + " bytes is longer than the maximum of " + longest);
    }
    check(operation, offset, length);
  }

  private void check(String operation, long offset, long length) throws NbdException {
    if (policy != ErrorPolicy.ALLOW) {
      boolean tail = policy == ErrorPolicy.ERROR && offset + length == size;
      check(operation, offset, tail ? told.minimum() : length, told.minimum());
    }
    check(operation, offset, length, below.minimum()); // the layer below relies on it
  }

  private static void check(String operation, long offset, long length, int block)
      throws NbdException {
    if (!Blocks.aligned(offset | length, block)) {
      throw new NbdException(
          NbdError.EINVAL,
          operation
              + " of "
              + length
              + " bytes at "
              + offset
              + " is not aligned to the minimum block size of "
              + block);
    }
  }
}
