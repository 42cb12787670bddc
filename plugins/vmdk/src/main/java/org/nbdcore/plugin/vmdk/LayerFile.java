package org.nbdcore.plugin.vmdk;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicBoolean;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.BlockSizes;
import org.nbdcore.spi.NbdError;
import org.nbdcore.spi.NbdException;
import org.nbdcore.vmdk.FileHoles;
import org.nbdcore.vmdk.FileLocation;

/** A device of the layer below as a file. */
final class LayerFile extends ReadOnlyFile {
  private final BlockDevice device;
  private final long longest;
  private final boolean extents;
  private final AtomicBoolean closed = new AtomicBoolean();

  /**
   * @param device closed with this
   */
  LayerFile(FileLocation location, BlockDevice device) throws IOException {
    super(location, device.size());
    this.device = device;
    BlockSizes sizes = device.capabilities().blockSizes();
    if (sizes.minimum() > 1) {
      throw new NbdException(
          NbdError.EINVAL,
          "the filter vmdk reads at any byte, but the minimum block size of the layer below is "
              + sizes.minimum()
              + "; put --filter=blocksize below");
    }
    this.longest = sizes.maximum();
    this.extents = device.capabilities().extents();
  }

  @Override
  public void read(ByteBuffer dst, int n, long position) throws IOException {
    if (n > size() - position) {
      throw new IOException(location() + ": ends before byte " + (position + n));
    }
    int limit = dst.limit();
    int end = dst.position() + n;
    long at = position;
    try {
      while (dst.position() < end) {
        int start = dst.position();
        dst.limit((int) Math.min(end, start + longest));
        device.read(dst, at);
        at += dst.position() - start;
      }
    } finally {
      dst.limit(limit);
    }
  }

  @Override
  public FileHoles holes() {
    return extents ? new LayerHoles(device) : null;
  }

  /** Closes the device. A second call has no effect. */
  @Override
  public void close() throws IOException {
    if (closed.compareAndSet(false, true)) {
      device.close();
    }
  }
}
