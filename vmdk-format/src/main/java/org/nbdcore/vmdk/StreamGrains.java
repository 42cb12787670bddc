package org.nbdcore.vmdk;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.BitSet;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.zip.Deflater;
import java.util.zip.Inflater;

/** Compresses the grains of a stream that wait to be written. Thread-safe. */
final class StreamGrains {
  /** Streams are written once, and usually sent over links that are slower than a disk. */
  private static final int LEVEL = Deflater.BEST_SPEED;

  private final int grainBytes;
  private final ArrayBlockingQueue<Deflater> deflaters =
      new ArrayBlockingQueue<>(2 * Runtime.getRuntime().availableProcessors());

  StreamGrains(int grainBytes) {
    this.grainBytes = grainBytes;
  }

  /** A grain that is partly filled, or full and compressed. Guarded by the extent's lock. */
  static final class Grain {
    private byte[] raw;
    private byte[] packed; // then raw is null
    private final BitSet written = new BitSet(); // sectors
    private int version; // number of changes

    private Grain(int bytes) {
      raw = new byte[bytes];
    }

    int memory() {
      return raw == null ? packed.length : raw.length;
    }

    int version() {
      return version;
    }

    byte[] raw() {
      return raw;
    }

    boolean isFull() {
      return packed != null || written.cardinality() * SparseHeader.SECTOR == raw.length;
    }
  }

  Grain create() {
    return new Grain(grainBytes);
  }

  void put(Grain grain, int within, ByteBuffer src, int n) {
    unpack(grain);
    src.get(grain.raw, within, n);
    changed(grain, within, n);
  }

  void zero(Grain grain, int within, int n) {
    unpack(grain);
    Arrays.fill(grain.raw, within, within + n, (byte) 0);
    changed(grain, within, n);
  }

  private static void changed(Grain grain, int within, int n) {
    int first = (within + SparseHeader.SECTOR - 1) / SparseHeader.SECTOR;
    int last =
        (within + n) / SparseHeader.SECTOR; // counts only sectors that are written completely
    grain.written.set(first, Math.max(first, last));
    grain.version++;
  }

  /** True for a full grain that has not changed since. */
  void packed(Grain grain, byte[] bytes) {
    grain.packed = bytes;
    grain.raw = null;
  }

  void read(Grain grain, int within, ByteBuffer dst, int n) {
    dst.put(grain.raw == null ? inflate(grain.packed) : grain.raw, within, n);
  }

  private void unpack(Grain grain) {
    if (grain.raw == null) {
      grain.raw = inflate(grain.packed);
      grain.packed = null;
    }
  }

  /** Returns the bytes to store; null for a grain of zeroes, which is not stored. */
  byte[] bytes(Grain grain) {
    return grain.raw == null ? grain.packed : deflate(grain.raw);
  }

  /** Compressed grain; null if it is all zeroes. */
  byte[] deflate(byte[] raw) {
    if (isZero(raw)) {
      return null;
    }
    Deflater idle = deflaters.poll();
    Deflater deflater = idle == null ? new Deflater(LEVEL) : idle;
    deflater.reset();
    deflater.setInput(raw);
    deflater.finish();
    byte[] packed = new byte[raw.length / 2];
    int length = 0;
    while (!deflater.finished()) {
      if (length == packed.length) {
        packed = Arrays.copyOf(packed, 2 * length);
      }
      length += deflater.deflate(packed, length, packed.length - length);
    }
    if (!deflaters.offer(deflater)) {
      deflater.end();
    }
    return Arrays.copyOf(packed, length);
  }

  private static boolean isZero(byte[] raw) {
    return raw[0] == 0 && Arrays.equals(raw, 0, raw.length - 1, raw, 1, raw.length);
  }

  private byte[] inflate(byte[] packed) {
    Inflater inflater = new Inflater();
    try {
      inflater.setInput(packed);
      byte[] raw = new byte[grainBytes];
      int length = 0;
      while (length < raw.length) {
        length += inflater.inflate(raw, length, raw.length - length);
      }
      return raw;
    } catch (java.util.zip.DataFormatException e) {
      throw new IllegalStateException("compressed data cannot be decompressed again", e);
    } finally {
      inflater.end();
    }
  }

  void close() {
    Deflater idle = deflaters.poll();
    while (idle != null) {
      idle.end();
      idle = deflaters.poll();
    }
  }
}
