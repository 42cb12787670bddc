package org.nbdcore.filter.common;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.BufferList;
import org.nbdcore.spi.Capabilities;
import org.nbdcore.spi.FilterBlockDevice;
import org.nbdcore.spi.ZeroCopyReadable;

/** Serves what was unpacked. The disk below stays open, as its client has not left it. */
final class DecompressedDevice extends FilterBlockDevice implements ZeroCopyReadable {

  private final DecompressedFile unpacked;

  private final Closeable use;

  /**
   * Serves a file.
   *
   * @param use closed with this device, when the file is no longer in use
   */
  DecompressedDevice(BlockDevice next, DecompressedFile unpacked, Closeable use) {
    super(next);
    this.unpacked = unpacked;
    this.use = use;
  }

  @Override
  public long size() {
    return unpacked.size();
  }

  @Override
  public Capabilities capabilities() {
    return Capabilities.readOnly().withMultiConn(true);
  }

  @Override
  public void read(ByteBuffer dst, long offset) throws IOException {
    unpacked.read(dst, offset);
  }

  @Override
  public boolean readZeroCopy(long offset, long length, BufferList buffers) throws IOException {
    return unpacked.readZeroCopy(offset, length, buffers);
  }

  @Override
  public void close() throws IOException {
    try {
      next.close();
    } finally {
      use.close();
    }
  }
}
