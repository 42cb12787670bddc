package org.nbdcore.filter.qcow2dec;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.zip.Deflater;

/** Writes qcow2 files of clusters of 512 bytes, with two tables that cover 64 KiB. */
final class Images {

  static final int CLUSTER = 512;
  private static final int SIZE = 40_000;
  private static final int FIRST = CLUSTER;
  private static final int SECOND = 2 * CLUSTER;

  final byte[] contents = new byte[SIZE];
  final ByteBuffer bytes = ByteBuffer.allocate(256 * CLUSTER);
  private int end = 5 * CLUSTER;

  Images(int version) {
    bytes.putInt(0, 0x514649fb).putInt(4, version).putInt(20, 9).putLong(24, SIZE);
    bytes.putInt(36, 2).putLong(40, FIRST);
    if (version == 3) {
      bytes.putInt(96, 4).putInt(100, 104);
    }
    bytes.putLong(FIRST, 1L << 63 | SECOND).putLong(FIRST + 8, 1L << 63 | SECOND + CLUSTER);
  }

  private void entry(int cluster, long value) {
    bytes.putLong(SECOND + cluster * 8, value);
  }

  private byte[] fill(int cluster, int seed) {
    byte[] data = new byte[CLUSTER];
    for (int i = 0; i < CLUSTER; i++) {
      data[i] = (byte) (seed + i / 7);
    }
    int start = cluster * CLUSTER;
    System.arraycopy(data, 0, contents, start, Math.min(CLUSTER, SIZE - start));
    return data;
  }

  /** Stores an uncompressed cluster after the previous one. */
  Images plain(int cluster, int seed) {
    end = (end + CLUSTER - 1) / CLUSTER * CLUSTER;
    bytes.put(end, fill(cluster, seed));
    entry(cluster, 1L << 63 | end);
    end += CLUSTER;
    return this;
  }

  /** Stores a compressed cluster immediately after the previous one, without alignment. */
  Images compressed(int cluster, int seed) {
    Deflater deflater = new Deflater(9, true);
    deflater.setInput(fill(cluster, seed));
    deflater.finish();
    byte[] packed = new byte[2 * CLUSTER];
    int length = deflater.deflate(packed);
    deflater.end();
    return store(cluster, packed, length);
  }

  /**
   * The same with zstd, for a cluster whose bytes are all {@code value}: three frames with one RLE
   * block each.
   */
  Images zstd(int cluster, int value) {
    Arrays.fill(contents, cluster * CLUSTER, (cluster + 1) * CLUSTER, (byte) value);
    ByteBuffer packed = ByteBuffer.allocate(64).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < 2; i++) {
      packed.putInt(0xfd2fb528).put((byte) 0x20).put((byte) 255); // size of the content
      packed.put((byte) (255 << 3 | 2 | 1)).put((byte) (255 >> 5)).put((byte) 0).put((byte) value);
    }
    packed.putInt(0xfd2fb528).put((byte) 0x20).put((byte) 2);
    packed.put((byte) (2 << 3 | 2 | 1)).put((byte) 0).put((byte) 0).put((byte) value);
    return store(cluster, packed.array(), packed.position());
  }

  private Images store(int cluster, byte[] packed, int length) {
    bytes.put(end, packed, 0, length);
    long sectors = (end + length - 1) / 512 - end / 512;
    entry(cluster, 1L << 62 | sectors << 61 | end);
    end += length;
    return this;
  }

  /** Marks a cluster as zeroes although data is stored for it. */
  Images zero(int cluster) {
    entry(cluster, bytes.getLong(SECOND + cluster * 8) | 1);
    Arrays.fill(contents, cluster * CLUSTER, (cluster + 1) * CLUSTER, (byte) 0);
    return this;
  }

  /** The complete file. */
  byte[] file() {
    return bytes.array().clone();
  }

  /** The file up to the end of the last cluster. */
  byte[] shortFile() {
    return Arrays.copyOf(bytes.array(), end);
  }
}
