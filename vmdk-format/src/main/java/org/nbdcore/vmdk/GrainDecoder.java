package org.nbdcore.vmdk;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/**
 * Reads and decompresses grains, one at a time; for one thread at a time. Holds native memory until
 * it is closed.
 */
final class GrainDecoder implements AutoCloseable {
  private static final int MARKER = 12; // u64 lba, u32 size

  private final Inflater inflater = new Inflater();
  private final ByteBuffer marker =
      ByteBuffer.allocateDirect(MARKER).order(ByteOrder.LITTLE_ENDIAN);
  private final ByteBuffer overrun = ByteBuffer.allocate(1);
  private ByteBuffer compressed = ByteBuffer.allocateDirect(64 * 1024);

  /**
   * Puts a grain's first {@code n} bytes at the buffer's position, which stays there if they are
   * damaged.
   *
   * @param offset where the grain's marker stands in the file, in bytes
   * @param lba the sector of the extent that the marker has to name
   * @param grainBytes how much the grain may hold at most
   * @param n how much of it lies in the extent: less than {@code grainBytes} in the last grain only
   */
  void decode(OpenFile file, long offset, long lba, int grainBytes, ByteBuffer dst, int n)
      throws IOException {
    int size = readMarker(file, offset, lba, grainBytes);
    if (compressed.capacity() < size) {
      compressed = ByteBuffer.allocateDirect(Integer.highestOneBit(size) * 2);
    }
    compressed.clear();
    file.read(compressed, size, offset + MARKER);
    compressed.flip();
    int start = dst.position();
    int limit = dst.limit();
    dst.limit(start + n);
    try {
      inflate(dst, n < grainBytes);
      check(file, lba, grainBytes, n);
    } catch (DataFormatException e) {
      dst.position(start);
      throw new VmdkException(grain(file, lba) + " cannot be decompressed: " + e.getMessage(), e);
    } catch (VmdkException e) {
      dst.position(start);
      throw e;
    } finally {
      dst.limit(limit);
    }
  }

  private int readMarker(OpenFile file, long offset, long lba, int grainBytes) throws IOException {
    if (offset > file.size() - MARKER) {
      throw VmdkException.bad(
          file.location(),
          "the marker's place",
          "byte " + offset,
          "one before byte " + file.size());
    }
    marker.clear();
    file.read(marker, MARKER, offset);
    if (marker.getLong(0) != lba) {
      throw VmdkException.bad(
          file.location(),
          "the sector in the grain marker at byte " + offset,
          Long.toUnsignedString(marker.getLong(0)),
          lba + "");
    }
    int size = marker.getInt(8);
    // zlib adds a few bytes to what it cannot compress; a size far beyond that is damage.
    int most = (int) Math.min(grainBytes + grainBytes / 8 + 1024, file.size() - offset - MARKER);
    if (size < 1 || size > most) {
      throw VmdkException.bad(
          file.location(),
          "the compressed size in the grain marker at byte " + offset,
          Integer.toUnsignedString(size) + " bytes",
          "1 to " + most);
    }
    return size;
  }

  /** Fills the buffer; then looks for the stream's end, where its checksum is compared. */
  private void inflate(ByteBuffer dst, boolean mayHoldMore) throws DataFormatException {
    inflater.reset();
    inflater.setInput(compressed);
    while (dst.hasRemaining() && inflater.inflate(dst) > 0) {
      // the next round goes on where this one stopped
    }
    overrun.clear();
    if (!dst.hasRemaining()
        && !inflater.finished()
        && inflater.inflate(overrun) > 0
        && !mayHoldMore) {
      throw new DataFormatException("it holds more than a grain");
    }
  }

  private void check(OpenFile file, long lba, int grainBytes, int n) throws VmdkException {
    long produced = inflater.getBytesWritten();
    if (produced < n) {
      throw VmdkException.bad(
          file.location(),
          "the grain of sector " + lba,
          produced + " bytes long when decompressed",
          n + " bytes");
    }
    if (n == grainBytes && !inflater.finished()) {
      throw new VmdkException(grain(file, lba) + " cannot be decompressed: its stream has no end");
    }
  }

  private static String grain(OpenFile file, long lba) {
    return file.location() + ": the grain of sector " + lba;
  }

  @Override
  public void close() {
    inflater.end();
  }
}
