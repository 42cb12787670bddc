package org.nbdcore.filter.gzip;

import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;
import org.nbdcore.filter.common.DeviceInput;
import org.nbdcore.filter.common.SlotFile;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.Loan;
import org.nbdcore.spi.NbdError;
import org.nbdcore.spi.NbdException;

/** The contents of a gzip file, in a temporary one. Safe for use by many threads. */
final class Unpacked implements Closeable {

  private static final int PIECE = 1 << 18;

  private final SlotFile file = new SlotFile("nbd-core-gzip-", 1);
  private long size;

  private Unpacked() throws IOException {}

  /**
   * Unpacks all of a disk.
   *
   * @throws NbdException if that is no gzip file, or a damaged one
   */
  static Unpacked from(BlockDevice packed) throws IOException {
    Unpacked unpacked = new Unpacked();
    try {
      unpacked.fill(packed);
      return unpacked;
    } catch (ZipException | EOFException e) {
      unpacked.close();
      throw new NbdException(
          NbdError.EINVAL, "this is no gzip file, or a damaged one: " + e.getMessage(), e);
    } catch (IOException | RuntimeException e) {
      unpacked.close();
      throw e;
    }
  }

  private void fill(BlockDevice packed) throws IOException {
    byte[] piece = new byte[PIECE];
    ByteBuffer buffer = ByteBuffer.allocateDirect(PIECE);
    try (InputStream in = new GZIPInputStream(new DeviceInput(packed), PIECE)) {
      for (int count = in.readNBytes(piece, 0, PIECE);
          count > 0;
          count = in.readNBytes(piece, 0, PIECE)) {
        file.write(0, size, buffer.clear().put(piece, 0, count).flip());
        size += count;
      }
    }
  }

  /** How many bytes there are. */
  long size() {
    return size;
  }

  void read(ByteBuffer dst, long offset) throws IOException {
    file.read(0, offset, dst);
  }

  boolean lend(long offset, long length, Loan loan) throws IOException {
    return file.lend(0, offset, length, loan);
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
