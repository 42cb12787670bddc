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
  private static final int LEAST_READ = 4096;

  private final Inflater inflater = new Inflater();
  private final LibDeflate deflate; // null: the inflater does it all
  private final ByteBuffer overrun = ByteBuffer.allocate(1);
  private DirectMemory compressed = new DirectMemory(72 * 1024);
  private DirectMemory whole = new DirectMemory(64 * 1024);
  private int usual = LEAST_READ; // how much to read so that marker and grain come in one go

  GrainDecoder() {
    this(LibDeflate.open());
  }

  /**
   * @param deflate closed with this; null to do without
   */
  GrainDecoder(LibDeflate deflate) {
    this.deflate = deflate;
  }

  /** Memory for one grain of this decoder's user, valid until it is given back. */
  DirectMemory memory(int bytes) {
    if (whole.capacity() < bytes) {
      whole = new DirectMemory(bytes);
    }
    return whole;
  }

  /**
   * Puts a grain's first {@code n} bytes at the start of {@code out}.
   *
   * @param offset where the grain's marker stands in the file, in bytes
   * @param lba the sector of the extent that the marker has to name
   * @param grainBytes how much the grain may hold at most
   * @param n how much of it lies in the extent: less than {@code grainBytes} in the last grain only
   */
  void decode(OpenFile file, long offset, long lba, int grainBytes, DirectMemory out, int n)
      throws IOException {
    int size = load(file, offset, lba, grainBytes);
    // What libdeflate does not take may still be sound, or has to be described.
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

  /** Reads marker and compressed grain to the start of the memory; returns the grain's size. */
  private int load(OpenFile file, long offset, long lba, int grainBytes) throws IOException {
    long there = file.size() - offset;
    if (there < MARKER) {
      throw VmdkException.bad(
          file.location(),
          "the marker's place",
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
    usual = Math.max(LEAST_READ, Math.max(total, usual - usual / 8));
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
    inflater.setInput(compressed.bytes());
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
    if (deflate != null) {
      deflate.close();
    }
  }
}
