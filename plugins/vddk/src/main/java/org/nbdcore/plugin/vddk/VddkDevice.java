package org.nbdcore.plugin.vddk;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.BlockSizes;
import org.nbdcore.spi.Capabilities;
import org.nbdcore.spi.ExtentSink;
import org.nbdcore.spi.Flags;
import org.nbdcore.spi.Support;

/** A disk as one client sees it, on a handle of its own. */
final class VddkDevice implements BlockDevice {

  private final VddkHandle handle;
  private final DiskInfo info;
  private final Transfer transfer;
  private final AllocatedBlocks blocks;
  private final boolean readOnly;
  private final Runnable afterClose;

  /**
   * @param afterClose called once this is closed
   */
  VddkDevice(
      VddkHandle handle,
      DiskInfo info,
      Transfer transfer,
      AllocatedBlocks blocks,
      boolean readOnly,
      Runnable afterClose) {
    this.handle = handle;
    this.info = info;
    this.transfer = transfer;
    this.blocks = blocks;
    this.readOnly = readOnly;
    this.afterClose = afterClose;
  }

  @Override
  public long size() {
    return Sectors.toBytes(info.sectors());
  }

  @Override
  public Capabilities capabilities() {
    Capabilities capabilities =
        readOnly
            ? Capabilities.readOnly()
            : Capabilities.readWrite().withFlush(true).withFua(Support.NATIVE);
    return capabilities.withExtents(blocks.supported()).withBlockSizes(blockSizes());
  }

  private BlockSizes blockSizes() {
    int preferred = Math.max(4096, Math.max(info.logicalSectorSize(), info.physicalSectorSize()));
    if (preferred > 1 << 25 || Integer.bitCount(preferred) != 1) {
      preferred = 4096;
    }
    return new BlockSizes(Sectors.SIZE, preferred, BlockSizes.UNLIMITED);
  }

  @Override
  public void read(ByteBuffer dst, long offset) throws IOException {
    transfer.read(dst, offset);
  }

  @Override
  public void write(ByteBuffer src, long offset, int flags) throws IOException {
    transfer.write(src, offset);
    if ((flags & Flags.FUA) != 0) {
      handle.flush();
    }
  }

  @Override
  public void flush() throws IOException {
    handle.flush();
  }

  @Override
  public void extents(long offset, long length, int flags, ExtentSink sink) throws IOException {
    blocks.extents(offset, length, flags, sink);
  }

  @Override
  public void close() throws IOException {
    try {
      handle.close();
    } finally {
      afterClose.run();
    }
  }
}
