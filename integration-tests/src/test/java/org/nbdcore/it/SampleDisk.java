package org.nbdcore.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Random;

/** A raw disk: an ext4 file system with files, random data behind it, and holes between. */
final class SampleDisk {

  /** The same disk each time, so that a failure can be reproduced. */
  static final long SEED = 20261122;

  private static final long MIB = 1 << 20;
  private static final long FILE_SYSTEM = 64 * MIB;

  /** VMDK's grain. */
  private static final int GRAIN = 65536;

  /** How much is compared at once. */
  private static final int PART = (int) MIB;

  private SampleDisk() {}

  /** Makes one of that size, at least 80 MiB. */
  static void make(Path raw, long size) throws IOException {
    Random random = new Random(SEED);
    Path tree = Files.createDirectory(raw.resolveSibling("tree"));
    for (int length : new int[] {1, 4095, 65537, 1_234_567}) {
      Files.write(tree.resolve(length + " bytes"), bytes(random, length));
    }
    try (FileChannel channel =
        FileChannel.open(raw, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      channel.write(ByteBuffer.allocate(1), size - 1); // sets the length; written over below
    }
    Programs.tool(
        raw.getParent(),
        Client.MKFS_EXT4,
        "-q",
        "-F",
        "-d",
        tree.toString(),
        raw.toString(),
        FILE_SYSTEM / 1024 + "k");
    try (FileChannel channel = FileChannel.open(raw, StandardOpenOption.WRITE)) {
      // Beside and across the boundaries of grains, and up to the last sector.
      write(channel, random, FILE_SYSTEM + 3 * GRAIN + 512, 1024);
      write(channel, random, FILE_SYSTEM + 9 * GRAIN - 1024, 5 * GRAIN + 512);
      write(channel, random, size / 2 - 512, (int) MIB);
      write(channel, random, size - 700 * 512, 700 * 512);
    }
  }

  private static void write(FileChannel channel, Random random, long offset, int length)
      throws IOException {
    channel.write(ByteBuffer.wrap(bytes(random, length)), offset);
  }

  private static byte[] bytes(Random random, int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return bytes;
  }

  /** A VMDK of it, as qemu-img makes it. */
  static void convert(Path raw, Path vmdk, Subformat subformat) throws IOException {
    Programs.tool(
        raw.getParent(),
        Client.QEMU_IMG,
        "convert",
        "-O",
        "vmdk",
        "-o",
        "subformat=" + subformat.option(),
        raw.toString(),
        vmdk.toString());
  }

  /** How many bytes of it lie in grains of nothing but zeroes. */
  static long zeroGrains(Path raw) throws IOException {
    byte[] zeroes = new byte[GRAIN];
    long total = 0;
    try (InputStream in = Files.newInputStream(raw)) {
      for (byte[] grain = in.readNBytes(GRAIN); grain.length > 0; grain = in.readNBytes(GRAIN)) {
        if (Arrays.equals(grain, 0, grain.length, zeroes, 0, grain.length)) {
          total += grain.length;
        }
      }
    }
    return total;
  }

  /** Fails unless they are the same byte for byte, and so have the same checksums of any kind. */
  static void assertSame(Path copy, Path original) throws IOException {
    assertThat(Files.size(copy)).as("size of the copy").isEqualTo(Files.size(original));
    assertThat(mismatch(copy, original)).as("first byte that differs").isEqualTo(-1);
  }

  /** As {@link Files#mismatch} of files of one length; that reads 8 KiB at a time. */
  private static long mismatch(Path one, Path other) throws IOException {
    ByteBuffer first = ByteBuffer.allocateDirect(PART);
    ByteBuffer second = ByteBuffer.allocateDirect(PART);
    try (FileChannel a = FileChannel.open(one);
        FileChannel b = FileChannel.open(other)) {
      for (long at = 0; at < a.size(); at += PART) {
        fill(first, a, at);
        fill(second, b, at);
        int different = first.mismatch(second);
        if (different >= 0) {
          return at + different;
        }
      }
    }
    return -1;
  }

  private static void fill(ByteBuffer buffer, FileChannel channel, long offset) throws IOException {
    buffer.clear();
    while (buffer.hasRemaining() && channel.read(buffer, offset + buffer.position()) >= 0) {
      // on to the next part
    }
    buffer.flip();
  }
}
