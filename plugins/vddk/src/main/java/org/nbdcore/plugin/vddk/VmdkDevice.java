package org.nbdcore.plugin.vddk;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.BlockSizes;
import org.nbdcore.spi.Capabilities;
import org.nbdcore.spi.ExtentSink;
import org.nbdcore.spi.FileNames;
import org.nbdcore.spi.Flags;
import org.nbdcore.spi.Log;
import org.nbdcore.vmdk.ExtentKind;
import org.nbdcore.vmdk.LinuxFileHoles;
import org.nbdcore.vmdk.VmdkDisk;
import org.nbdcore.vmdk.VmdkOptions;

/** A VMDK file that nbd-core reads without VDDK. */
final class VmdkDevice implements BlockDevice {

  private static final Log LOG = Log.of("vddk");

  private final VmdkDisk disk;
  private final boolean owned;

  /**
   * Makes a connection's view of a disk.
   *
   * @param owned whether the disk is this connection's alone and closed with it
   */
  VmdkDevice(VmdkDisk disk, boolean owned) {
    this.disk = disk;
    this.owned = owned;
  }

  static VmdkDisk openDisk(String path) throws IOException {
    try {
      VmdkOptions options =
          VmdkOptions.defaults().withHoles(LinuxFileHoles::new).withWarnings(LOG::warn);
      return VmdkDisk.open(FileNames.absolute(path), options);
    } catch (NoSuchFileException e) {
      throw new IOException("file " + path + " does not exist", e);
    }
  }

  @Override
  public long size() {
    return disk.size();
  }

  /** The same block sizes as with VDDK, so that clients notice no difference. */
  @Override
  public Capabilities capabilities() {
    return Capabilities.readOnly()
        .withExtents(true)
        .withMultiConn(true)
        .withBlockSizes(BlockSizes.of(VddkSectors.SIZE, 4096, BlockSizes.UNLIMITED));
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

  @Override
  public void close() throws IOException {
    if (owned) {
      disk.close();
    }
  }
}
