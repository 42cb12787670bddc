package org.nbdcore.plugin.mkfs;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import org.nbdcore.plugin.file.FileDisks;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.BufferList;
import org.nbdcore.spi.Capabilities;
import org.nbdcore.spi.OpenRequest;
import org.nbdcore.spi.PassThroughDevice;
import org.nbdcore.spi.helpers.BlockDevices;

/** A disk that one client has for itself. */
final class ExclusiveDevice extends PassThroughDevice {

  private final Closeable lock;
  private final Runnable left;

  private ExclusiveDevice(BlockDevice file, Closeable lock, Runnable left) {
    super(file);
    this.lock = lock;
    this.left = left;
  }

  /**
   * Opens a file.
   *
   * @param lock closed with the device, or if this fails
   * @param left run after the device is closed; not if this fails
   */
  static BlockDevice open(Path file, OpenRequest request, Closeable lock, Runnable left)
      throws IOException {
    try {
      return new ExclusiveDevice(FileDisks.open(file, request), lock, left);
    } catch (IOException | RuntimeException e) {
      lock.close();
      throw e;
    }
  }

  /** A client that opened a second connection would wait for itself. */
  @Override
  public Capabilities capabilities() throws IOException {
    return next.capabilities().withMultiConn(false);
  }

  @Override
  public boolean readZeroCopy(long offset, long length, BufferList buffers) throws IOException {
    return BlockDevices.readZeroCopy(next, offset, length, buffers);
  }

  @Override
  public void close() throws IOException {
    try (lock) {
      next.close();
    } finally {
      left.run();
    }
  }
}
