package org.nbdcore.allocator;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.nbdcore.spi.BufferList;
import org.nbdcore.spi.ExtentSink;
import org.nbdcore.spi.Extents;

@Timeout(value = 60, unit = TimeUnit.SECONDS)
final class SparseDiskTest {

  private static final int PAGE = Page.SIZE;
  private static final int HOLE = ExtentSink.HOLE | ExtentSink.ZERO;

  private static ByteBuffer filled(int length, int value) {
    ByteBuffer buffer = ByteBuffer.allocateDirect(length);
    for (int i = 0; i < length; i++) {
      buffer.put(i, (byte) value);
    }
    return buffer;
  }

  private static byte[] read(SparseDisk disk, long offset, int length) {
    ByteBuffer dst = filled(length, 0x77);
    disk.read(dst, offset);
    byte[] bytes = new byte[length];
    dst.flip().get(bytes);
    return bytes;
  }

  private static Extents extents(SparseDisk disk, long offset, long length) {
    Extents extents = new Extents(offset, length, 100);
    disk.extents(offset, length, false, extents);
    return extents;
  }

  @Test
  void theLargestDiskIsOneHoleAtFirst() throws IOException {
    SparseDisk disk = new SparseDisk(Long.MAX_VALUE);
    Extents extents = extents(disk, 0, Long.MAX_VALUE);
    assertThat(extents.size()).isEqualTo(1);
    assertThat(extents.type(0)).isEqualTo(HOLE);
    assertThat(extents.length(0)).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void firstAndLastByteOfTheLargestDiskAreKept() throws IOException {
    SparseDisk disk = new SparseDisk(Long.MAX_VALUE);
    long last = Long.MAX_VALUE - 1;
    disk.write(filled(1, 5), last);
    disk.write(filled(1, 6), 0);
    assertThat(read(disk, last - 1, 2)).containsExactly(0, 5);
    assertThat(read(disk, 0, 2)).containsExactly(6, 0);
    Extents extents = extents(disk, 0, Long.MAX_VALUE);
    assertThat(extents.size()).isEqualTo(3);
    assertThat(extents.length(0)).isEqualTo(PAGE);
    assertThat(extents.type(1)).isEqualTo(HOLE);
    assertThat(extents.type(2)).isEqualTo(ExtentSink.DATA);
  }

  @Test
  void zeroFreesAllPagesOfTheLargestDisk() throws IOException {
    SparseDisk disk = new SparseDisk(Long.MAX_VALUE);
    for (long offset = 1; offset > 0; offset <<= 3) {
      disk.write(filled(3, 1), offset);
    }
    disk.zero(0, Long.MAX_VALUE, true);
    assertThat(extents(disk, 0, Long.MAX_VALUE).size()).isEqualTo(1);
  }

  @Test
  void writtenZeroesAllocateNothing() throws IOException {
    SparseDisk disk = new SparseDisk(4L * PAGE);
    disk.write(filled(3 * PAGE, 0), 100);
    assertThat(extents(disk, 0, 4L * PAGE).type(0)).isEqualTo(HOLE);
    assertThat(extents(disk, 0, 4L * PAGE).size()).isEqualTo(1);
  }

  @Test
  void zeroesWrittenOverDataAreRead() throws IOException {
    SparseDisk disk = new SparseDisk(PAGE);
    disk.write(filled(100, 9), 50);
    disk.write(filled(100, 0), 50);
    assertThat(read(disk, 0, 200)).containsOnly(0);
  }

  @Test
  void aPageIsFreedWhenAllItsPartsAreTrimmed() throws IOException {
    SparseDisk disk = new SparseDisk(2L * PAGE);
    disk.write(filled(PAGE, 1), 0);
    disk.zero(0, 1000, true);
    assertThat(extents(disk, 0, PAGE).type(0)).isEqualTo(ExtentSink.DATA);
    assertThat(read(disk, 999, 2)).containsExactly(0, 1);
    disk.zero(1000, PAGE - 1000, true);
    assertThat(extents(disk, 0, 2L * PAGE).size()).isEqualTo(1);
    assertThat(read(disk, 0, PAGE)).containsOnly(0);
  }

  @Test
  void zeroWithoutMayTrimKeepsThePage() throws IOException {
    SparseDisk disk = new SparseDisk(2L * PAGE);
    disk.write(filled(PAGE, 1), 0);
    disk.zero(0, PAGE, false);
    Extents extents = extents(disk, 0, 2L * PAGE);
    assertThat(extents.type(0)).isEqualTo(ExtentSink.DATA);
    assertThat(extents.length(0)).isEqualTo(PAGE);
    assertThat(read(disk, 0, PAGE)).containsOnly(0);
  }

  @Test
  void onlyTheFirstExtentIsReportedWithReqOne() throws IOException {
    SparseDisk disk = new SparseDisk(4L * PAGE);
    disk.write(filled(1, 1), 2L * PAGE);
    Extents extents = new Extents(10, 3L * PAGE, 100);
    disk.extents(10, 3L * PAGE, true, extents);
    assertThat(extents.size()).isEqualTo(1);
    assertThat(extents.length(0)).isEqualTo(2L * PAGE - 10);
  }

  @Test
  void extentsReachToTheEndOfTheLastPage() throws IOException {
    SparseDisk disk = new SparseDisk(4L * PAGE);
    disk.write(filled(1, 1), PAGE);
    for (long at : new long[] {10, PAGE + 10}) {
      Extents extents = new Extents(at, 100, 10).acceptUntil(4L * PAGE);
      disk.extents(at, 100, false, extents);
      assertThat(extents.position()).isEqualTo(at - 10 + PAGE);
    }
  }

  /** In each round one thread empties the half of the page that the other does not write to. */
  @Test
  void aWriteIsNotLostIfTheRestOfItsPageIsTrimmedConcurrently() throws Exception {
    int rounds = 2_000;
    SparseDisk disk = new SparseDisk(PAGE);
    CyclicBarrier together = new CyclicBarrier(2);
    ExecutorService trimmer = Executors.newSingleThreadExecutor();
    try {
      for (int i = 0; i < rounds; i++) {
        disk.zero(0, PAGE, true);
        disk.write(filled(1, 1), PAGE - 1);
        Future<?> trimmed =
            trimmer.submit(
                () -> {
                  together.await();
                  disk.zero(PAGE / 2, PAGE / 2, true);
                  return null;
                });
        byte value = (byte) (1 + i % 100);
        together.await();
        disk.write(filled(8, value), 64);
        trimmed.get();
        assertThat(read(disk, 64, 8)).as("round %d", i).containsOnly(value);
        assertThat(read(disk, PAGE - 1, 1)).as("round %d", i).containsOnly(0);
      }
    } finally {
      trimmer.shutdownNow();
    }
  }

  /** Pages are allocated in any order; a read returns what was written, and holes. */
  @Test
  void zeroCopyReadsReturnTheRightBytesInFewBuffers() throws IOException {
    SparseDisk disk = new SparseDisk(16L * PAGE);
    byte[] expected = new byte[16 * PAGE];
    for (int page : new int[] {3, 2, 4, 5, 9, 10, 11, 14, 13, 15, 12}) {
      write(disk, expected, page * PAGE + 7, PAGE - 7, page);
    }
    assertThat(buffersOf(disk, 0, 16 * PAGE, expected)).isEqualTo(6);
    assertThat(buffersOf(disk, 2 * PAGE + 5, 4 * PAGE - 9, expected)).isEqualTo(2);
    assertThat(buffersOf(disk, 3 * PAGE + 5, 2 * PAGE, expected)).isEqualTo(2);

    disk.zero(13L * PAGE, PAGE, true); // written again below, to other memory
    Arrays.fill(expected, 13 * PAGE, 14 * PAGE, (byte) 0);
    assertThat(buffersOf(disk, 12 * PAGE, 4 * PAGE, expected)).isEqualTo(2);
    for (int i = 0; i < 3; i++) {
      write(disk, expected, 13 * PAGE, PAGE, 40 + i);
      assertThat(buffersOf(disk, 12 * PAGE, 4 * PAGE, expected)).isEqualTo(3);
      disk.zero(13L * PAGE, PAGE, true);
    }
  }

  private static void write(SparseDisk disk, byte[] expected, int offset, int length, int value)
      throws IOException {
    disk.write(filled(length, value), offset);
    Arrays.fill(expected, offset, offset + length, (byte) value);
  }

  /** Compares the bytes of a zero-copy read; returns the number of buffers that hold data. */
  private static int buffersOf(SparseDisk disk, int offset, int length, byte[] expected) {
    byte[] bytes = new byte[length];
    int[] at = new int[2]; // bytes, buffers
    disk.readZeroCopy(
        offset,
        length,
        new BufferList() {
          @Override
          public void add(ByteBuffer buffer) {
            int size = buffer.remaining();
            buffer.get(bytes, at[0], size);
            at[0] += size;
            at[1]++;
          }

          @Override
          public void addZeroes(long size) {
            at[0] += (int) size;
          }
        });
    assertThat(at[0]).isEqualTo(length);
    assertThat(bytes).isEqualTo(Arrays.copyOfRange(expected, offset, offset + length));
    return at[1];
  }

  @Test
  void theMemoryOfTrimmedPagesIsFreed() throws Exception {
    SparseDisk disk = new SparseDisk(1L << 30);
    int pages = 256;
    disk.write(filled(pages * PAGE, 3), 0);
    long before = directMemory();
    disk.zero(0, (long) pages * PAGE, true);
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    long wanted = before - (long) pages * PAGE;
    while (directMemory() > wanted && System.nanoTime() < end) {
      System.gc();
      TimeUnit.MILLISECONDS.sleep(10); // the JDK frees buffers on a thread of its own
    }
    assertThat(directMemory()).as("direct memory in use").isLessThanOrEqualTo(wanted);
    assertThat(read(disk, 0, 10)).containsOnly(0);
  }

  private static long directMemory() {
    return ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
        .filter(pool -> pool.getName().equals("direct"))
        .mapToLong(BufferPoolMXBean::getMemoryUsed)
        .sum();
  }
}
