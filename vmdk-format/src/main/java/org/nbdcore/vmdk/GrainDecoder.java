package org.nbdcore.vmdk;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/**
 * Reads and decompresses one grain at a time. For one thread at a time. Holds native memory until
 * it is closed.
 */
final class GrainDecoder implements AutoCloseable {
  private static final int MARKER = 12; // u64 lba, u32 size
  private static final int MIN_READ = 4096;

  private final Inflater inflater = new Inflater();
  private final LibDeflate deflate; // null: only the inflater is used
  private final ByteBuffer overrun = ByteBuffer.allocate(1);
  private DirectMemory compressed = new DirectMemory(72 * 1024);
  private DirectMemory whole = new DirectMemory(64 * 1024);
  private int usual =
      MIN_READ; // number of bytes to read, so that one read gets both marker and grain

  GrainDecoder() {
    this(LibDeflate.open());
  }

  /**
   * @param deflate closed with this object; null if not available
   */
  GrainDecoder(LibDeflate deflate) {
    this.deflate = deflate;
  }

  /** Returns memory for one grain, valid until the decoder is returned to the pool. */
  DirectMemory memory(int bytes) {
    if (whole.capacity() < bytes) {
      whole = new DirectMemory(bytes);
    }
    return whole;
  }

  /**
   * Puts a grain's first {@code n} bytes at the start of {@code out}.
   *
   * @param offset offset of the grain's marker in the file, in bytes
   * @param lba the sector of the extent that the marker must contain
   * @param grainBytes maximum size of the grain
   * @param n number of its bytes in the extent: less than {@code grainBytes} only in the last grain
   */
  void decode(OpenFile file, long offset, long lba, int grainBytes, DirectMemory out, int n)
      throws IOException {
    int size = load(file, offset, lba, grainBytes);
    // A stream that libdeflate rejects may still be valid. Otherwise the inflater supplies the
    // error message.
    if (deflate != null && deflate.decompress(compressed, MARKER, size, out, n)) {
      return;
    }
    compressed.bytes().limit(MARKER + size).position(MARKER);
    try {
      inflate(out.bytes().limit(n).position(0), n < grainBytes);
      check(file, lba, grainBytes, n);
    } catch (DataFormatException e) {
      throw new VmdkException(grain(file, lba) + " cannot be decompressed: " + e.getMessage(), e);
    } finally {
      out.bytes().clear();
    }
  }

  /** Reads marker and compressed grain to the start of the memory. Returns the grain's size. */
  private int load(OpenFile file, long offset, long lba, int grainBytes) throws IOException {
    long there = file.size() - offset;
    if (there < MARKER) {
      throw VmdkException.bad(
          file.location(),
          "the position of a marker",
          "byte " + offset,
          "one before byte " + file.size());
    }
    int first = (int) Math.min(Math.min(there, usual), compressed.capacity());
    file.read(compressed.bytes().clear(), first, offset);
    int size = checkedSize(file, offset, lba, grainBytes);
    int total = MARKER + size;
    if (total > first) {
      grow(total, first);
      file.read(compressed.bytes().limit(total).position(first), total - first, offset + first);
    }
    usual = Math.max(MIN_READ, Math.max(total, usual - usual / 8));
    return size;
  }

  private void grow(int bytes, int keep) {
    if (compressed.capacity() < bytes) {
      DirectMemory larger = new DirectMemory(Integer.highestOneBit(bytes) * 2);
      larger.bytes().put(0, compressed.bytes(), 0, keep);
      compressed = larger;
    }
  }

  private int checkedSize(OpenFile file, long offset, long lba, int grainBytes)
      throws VmdkException {
    ByteBuffer marker = compressed.bytes().order(ByteOrder.LITTLE_ENDIAN);
    if (marker.getLong(0) != lba) {
      throw VmdkException.bad(
          file.location(),
          "the sector in the grain marker at byte " + offset,
          Long.toUnsignedString(marker.getLong(0)),
          lba + "");
    }
    int size = marker.getInt(8);
    // zlib adds a few bytes to incompressible data; a much larger size means damage.
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

  /** Fills the buffer. Then reads to the stream's end, where zlib compares the checksum. */
  private void inflate(ByteBuffer dst, boolean mayHoldMore) throws DataFormatException {
    inflater.reset();
    inflater.setInput(compressed.bytes());
    while (dst.hasRemaining() && inflater.inflate(dst) > 0) {
      // the next iteration continues from here
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
    if (deflate != null) {
      deflate.close();
    }
  }
}
