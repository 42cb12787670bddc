package org.nbdcore.vmdk;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** Reads and maps disks in forms that are easy to compare. */
final class Disks {
  private Disks() {}

  /** One extent, shown as {@code DATA 0+512}. */
  record Run(ExtentKind kind, long offset, long length) {
    @Override
    public String toString() {
      return kind + " " + offset + "+" + length;
    }
  }

  static byte[] read(VmdkDisk disk, long offset, int length) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocateDirect(length);
    disk.read(buffer, offset);
    if (buffer.hasRemaining()) {
      throw new AssertionError(buffer.remaining() + " bytes were not filled");
    }
    byte[] bytes = new byte[length];
    buffer.flip().get(bytes);
    return bytes;
  }

  static byte[] readAll(VmdkDisk disk) throws IOException {
    return read(disk, 0, Math.toIntExact(disk.size()));
  }

  /** Reads ranges at any position and of any length, and compares them with the disk's content. */
  static void assertReadsAnyRange(VmdkDisk disk, byte[] content, long seed, int rounds)
      throws IOException {
    Random random = new Random(seed);
    for (int i = 0; i < rounds; i++) {
      int offset = random.nextInt(content.length);
      int length = random.nextInt(content.length - offset + 1);
      assertThat(read(disk, offset, length))
          .as("seed %d round %d: %d bytes from %d", seed, i, length, offset)
          .isEqualTo(Arrays.copyOfRange(content, offset, offset + length));
    }
  }

  static List<Run> runs(VmdkDisk disk, long offset, long length) throws IOException {
    List<Run> runs = new ArrayList<>();
    disk.extents(offset, length, (at, size, kind) -> runs.add(new Run(kind, at, size)));
    return runs;
  }

  static List<String> map(VmdkDisk disk) throws IOException {
    return map(disk, 0, disk.size());
  }

  static List<String> map(VmdkDisk disk, long offset, long length) throws IOException {
    List<String> shown = new ArrayList<>();
    runs(disk, offset, length).forEach(run -> shown.add(run.toString()));
    return shown;
  }
}
