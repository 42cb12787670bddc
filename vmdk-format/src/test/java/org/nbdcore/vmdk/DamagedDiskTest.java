package org.nbdcore.vmdk;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Damaged disks read or fail with an {@link IOException}: in no time, and without unchecked
 * exceptions.
 */
final class DamagedDiskTest {
  private static final long MAX_NANOS = 5_000_000_000L;
  private static final long MAX_ALLOCATED = 64 << 20;
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
  private static final int WINDOW = 256 * 1024;

  private static final int DISKS = 3000;

  @TempDir static Path dir;
  private static byte[][] images;

  @BeforeAll
  static void build() throws IOException {
    SparseFixture plain =
        SparseFixture.monolithic(125).grain(9, 1).grain(2, 2).grain(3, 3).grain(15, 4).zeroed(12);
    SparseFixture single = SparseFixture.monolithic(125).grain(2, 2).grain(15, 4);
    single.redundant = false;
    SparseFixture stream = SparseFixture.stream(125).grain(1, 1).grain(2, 2).grain(15, 3);
    String text =
        SparseFixture.descriptor(
            "custom", "RW 8 FLAT \"flat\" 1", "RW 9 ZERO", "RW 125 SPARSE \"sparse\"");
    images = new byte[][] {plain.build(), single.build(), stream.build(), text.getBytes("UTF-8")};
    Files.write(dir.resolve("flat"), new byte[8192]);
    Files.write(dir.resolve("sparse"), images[0]);
  }

  @Test
  void aDamagedDiskReadsOrFailsWithAnIoException() {
    Random seeds = new Random();
    for (int i = 0; i < DISKS; i++) {
      long seed = seeds.nextLong();
      try {
        readOneDamagedWith(seed);
      } catch (Throwable e) { // an AssertionError too must be told with its seed
        throw new AssertionError("seed " + seed, e);
      }
    }
  }

  private static void readOneDamagedWith(long seed) throws IOException {
    Random random = new Random(seed);
    byte[] mutant = images[random.nextInt(images.length)].clone();
    for (int changes = 1 + random.nextInt(8); changes > 0; changes--) {
      mutate(mutant, random);
    }
    Path file = Files.write(dir.resolve("mutant"), mutant);
    long started = THREADS.getCurrentThreadCpuTime();
    long allocated = THREADS.getCurrentThreadAllocatedBytes();
    try (VmdkDisk disk = VmdkDisk.open(file)) {
      use(disk, random);
    } catch (IOException e) {
      assertThat(e.getMessage()).as("the message of %s", e.getClass()).isNotBlank();
    }
    assertThat(THREADS.getCurrentThreadAllocatedBytes() - allocated)
        .as("bytes allocated")
        .isLessThan(MAX_ALLOCATED);
    assertThat(THREADS.getCurrentThreadCpuTime() - started)
        .as("nanoseconds of the processor")
        .isLessThan(MAX_NANOS);
  }

  /** Most changes hit the header, the descriptor and the tables, where they matter. */
  private static void mutate(byte[] image, Random random) {
    int at = random.nextInt(random.nextBoolean() ? Math.min(image.length, 80) : image.length);
    switch (random.nextInt(4)) {
      case 0 -> image[at] = (byte) random.nextInt();
      case 1 -> image[at] ^= (byte) (1 << random.nextInt(8));
      case 2 -> image[at] = (byte) (random.nextBoolean() ? 0 : -1);
      default -> {
        int length = Math.min(image.length - at, random.nextInt(9));
        int from = random.nextInt(image.length - length + 1);
        System.arraycopy(image, from, image, at, length);
      }
    }
  }

  private static void use(VmdkDisk disk, Random random) throws IOException {
    long[] covered = {0};
    try {
      disk.extents(0, disk.size(), (offset, length, kind) -> (covered[0] += length) >= 0);
      assertThat(covered[0]).isEqualTo(disk.size());
    } catch (VmdkException e) {
      assertThat(e).hasMessageContaining(dir.toString());
    }
    for (int i = 0; i < 4 && disk.size() > 0; i++) {
      int length = (int) Math.min(disk.size(), 1 + random.nextInt(WINDOW));
      long last = disk.size() - length;
      long offset = i == 0 ? 0 : (random.nextLong() >>> 1) % (last + 1);
      ByteBuffer buffer = ByteBuffer.allocate(length);
      try {
        disk.read(buffer, offset);
        assertThat(buffer.hasRemaining()).isFalse();
      } catch (VmdkException e) {
        assertThat(e).hasMessageContaining(dir.toString());
      }
    }
  }
}
