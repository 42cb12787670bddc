package org.nbdcore.plugin.vmdk;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.BlockSizes;
import org.nbdcore.spi.Capabilities;
import org.nbdcore.spi.ExtentSink;
import org.nbdcore.spi.Flags;
import org.nbdcore.vmdk.ExtentKind;
import org.nbdcore.vmdk.VmdkDisk;

/** A connection's view of the shared disk. */
final class VmdkDevice implements BlockDevice {
  private static final int MAX_PREFERRED = 1 << 25;

  private final VmdkDisk disk;

  VmdkDevice(VmdkDisk disk) {
    this.disk = disk;
  }

  @Override
  public long size() {
    return disk.size();
  }

  @Override
  public Capabilities capabilities() {
    int preferred = (int) Math.min(MAX_PREFERRED, disk.preferredBlockSize());
    return Capabilities.readOnly()
        .withExtents(true)
        .withMultiConn(true)
        .withBlockSizes(BlockSizes.DEFAULT.withPreferred(preferred));
  }

  @Override
  public void read(ByteBuffer dst, long offset) throws IOException {
    disk.read(dst, offset);
  }

  @Override
  public void extents(long offset, long length, int flags, ExtentSink sink) throws IOException {
    boolean one = (flags & Flags.REQ_ONE) != 0;
    disk.extents(offset, length, (at, run, kind) -> sink.add(at, run, type(kind)) && !one);
  }

  private static int type(ExtentKind kind) {
    return kind == ExtentKind.DATA ? ExtentSink.DATA : ExtentSink.HOLE | ExtentSink.ZERO;
  }

  /** Nothing: the disk belongs to the plugin. */
  @Override
  public void close() {}
}
