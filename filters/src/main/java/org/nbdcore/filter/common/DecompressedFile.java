package org.nbdcore.filter.common;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.BufferList;
import org.nbdcore.spi.NbdError;
import org.nbdcore.spi.NbdException;
import org.nbdcore.spi.Session;
import org.nbdcore.spi.helpers.BlockDeviceInputStream;

/** The decompressed contents of a file, in a temporary file. Safe for use by several threads. */
final class DecompressedFile implements Closeable {

  private static final int PIECE = 1 << 18;

  private final SlotFile file;
  private long size;

  private DecompressedFile(String name) {
    file = new SlotFile("nbd-core-" + name + "-", 1);
  }

  /**
   * Decompresses a whole disk.
   *
   * @param name of the format
   * @param session of the client; stops when it disconnects
   * @throws NbdException if the disk is not a file of that format, or is damaged
   */
  static DecompressedFile from(
      BlockDevice packed, String name, StreamDecompressionFilter.Format format, Session session)
      throws IOException {
    DecompressedFile unpacked = new DecompressedFile(name);
    try {
      unpacked.fill(packed, name, format, session);
      return unpacked;
    } catch (IOException | RuntimeException e) {
      unpacked.close();
      throw e;
    }
  }

  private void fill(
      BlockDevice packed, String name, StreamDecompressionFilter.Format format, Session session)
      throws IOException {
    byte[] piece = new byte[PIECE];
    ByteBuffer buffer = ByteBuffer.allocateDirect(PIECE);
    BlockDeviceInputStream input = new BlockDeviceInputStream(packed);
    InputStream in = null;
    try {
      while (true) {
        session.requireConnected();
        int count;
        try {
          in = in == null ? format.unpack(input) : in;
          count = in.readNBytes(piece, 0, PIECE);
        } catch (IOException | RuntimeException e) {
          if (input.hasFailed()) {
            throw e;
          }
          throw damaged(name, e);
        }
        if (count == 0) {
          return;
        }
        file.write(0, size, buffer.clear().put(piece, 0, count).flip());
        size += count;
      }
    } finally {
      if (in != null) {
        in.close();
      }
    }
  }

  private static NbdException damaged(String name, Exception e) {
    return new NbdException(
        NbdError.EINVAL,
        "not a valid "
            + name
            + " file: "
            + (e.getMessage() == null ? e.toString() : e.getMessage()),
        e);
  }

  /** The size in bytes. */
  long size() {
    return size;
  }

  void read(ByteBuffer dst, long offset) throws IOException {
    file.read(0, offset, dst);
  }

  boolean readZeroCopy(long offset, long length, BufferList buffers) throws IOException {
    return file.readZeroCopy(0, offset, length, buffers);
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
