package org.nbdcore.allocator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.ByteBuffer;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nbdcore.spi.ExtentSink;
import org.nbdcore.spi.Extents;
import org.nbdcore.spi.NbdError;
import org.nbdcore.spi.NbdException;
import org.nbdcore.system.Zstd;

@Timeout(value = 60, unit = TimeUnit.SECONDS)
final class AllocatorsTest {

  private static Allocator create(String text, long size) throws Exception {
    assumeTrue(!text.equals("zstd") || Zstd.available(), "libzstd is not installed");
    return Allocators.parameter().parse(text).create(size);
  }

  @ParameterizedTest
  @ValueSource(strings = {"sparse", "malloc", "malloc,mlock=false", "zstd"})
  void randomOperationsAgreeWithAnArray(String text) throws Exception {
    int size = 300_001;
    long seed = 17;
    Random random = new Random(seed);
    byte[] model = new byte[size];
    try (Allocator disk = create(text, size)) {
      assertThat(disk.size()).isEqualTo(size);
      for (int i = 0; i < 400; i++) {
        int offset = random.nextInt(size);
        int length = 1 + random.nextInt(Math.min(size - offset, 100_000));
        byte[] bytes = new byte[length];
        switch (random.nextInt(4)) {
          case 0 -> {
            random.nextBytes(bytes);
            disk.write(direct(bytes), offset);
            System.arraycopy(bytes, 0, model, offset, length);
          }
          case 1 -> {
            disk.zero(offset, length, random.nextBoolean());
            System.arraycopy(bytes, 0, model, offset, length);
          }
          case 2 -> checkExtents(disk, model, offset, length);
          default -> {
            ByteBuffer read = direct(bytes);
            disk.read(read, offset);
            assertThat(read.flip())
                .as("step %d of seed %d", i, seed)
                .isEqualTo(ByteBuffer.wrap(model, offset, length));
          }
        }
      }
      ByteBuffer contents = ByteBuffer.allocate(size);
      disk.read(contents, 0);
      assertThat(contents.array()).isEqualTo(model);
    }
  }

  private static ByteBuffer direct(byte[] bytes) {
    return ByteBuffer.allocateDirect(bytes.length).put(bytes).flip();
  }

  private static void checkExtents(Allocator disk, byte[] model, int offset, int length)
      throws Exception {
    Extents extents = new Extents(offset, length, 1000);
    disk.extents(offset, length, false, extents);
    assertThat(extents.position()).isEqualTo(offset + length);
    int at = offset;
    for (int i = 0; i < extents.size(); i++) {
      for (int end = at + (int) extents.length(i); at < end; at++) {
        if (extents.type(i) != ExtentSink.DATA && model[at] != 0) {
          throw new AssertionError("byte " + at + " is no zero");
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"sparse", "malloc", "zstd"})
  void concurrentWritesOfFourThreadsAreKept(String text) throws Exception {
    try (Allocator disk = create(text, 1 << 20)) {
      Thread[] threads = new Thread[4];
      Throwable[] failure = new Throwable[1];
      for (int t = 0; t < threads.length; t++) {
        int own = t;
        threads[t] =
            new Thread(
                () -> {
                  try {
                    writeOwn(disk, own);
                  } catch (Throwable e) {
                    failure[0] = e;
                  }
                });
        threads[t].start();
      }
      for (Thread thread : threads) {
        thread.join();
      }
      assertThat(failure[0]).isNull();
    }
  }

  /** Every fourth KiB is this thread's, so that all of them share all pages. */
  private static void writeOwn(Allocator disk, int own) throws Exception {
    for (int round = 1; round <= 3; round++) {
      for (long at = own * 1024L; at < disk.size(); at += 4096) {
        byte[] bytes = new byte[1024];
        java.util.Arrays.fill(bytes, (byte) (own * 10 + round));
        disk.write(direct(bytes), at);
        if (round == 2) {
          disk.zero(at + 512, 512, true);
          java.util.Arrays.fill(bytes, 512, 1024, (byte) 0);
        }
        ByteBuffer back = ByteBuffer.allocateDirect(1024);
        disk.read(back, at);
        assertThat(back.flip()).isEqualTo(ByteBuffer.wrap(bytes));
      }
    }
  }

  @Test
  void zeroFreesAllPagesOfTheLargestZstdDisk() throws Exception {
    try (Allocator disk = create("zstd", Long.MAX_VALUE)) {
      byte[] bytes = new byte[1 << 20];
      java.util.Arrays.fill(bytes, (byte) 'x');
      disk.write(direct(bytes), Long.MAX_VALUE - (1 << 20));
      disk.zero(0, Long.MAX_VALUE, true);
      Extents extents = new Extents(0, Long.MAX_VALUE, 10);
      disk.extents(0, Long.MAX_VALUE, false, extents);
      assertThat(extents.size()).isEqualTo(1);
      assertThat(extents.type(0)).isEqualTo(ExtentSink.HOLE | ExtentSink.ZERO);
    }
  }

  @Test
  void mallocReportsALackOfMemory() {
    assertThatThrownBy(() -> create("malloc", Long.MAX_VALUE))
        .hasMessageContaining("no memory for a disk of 9223372036854775807 bytes")
        .isInstanceOfSatisfying(
            NbdException.class, e -> assertThat(e.error()).isEqualTo(NbdError.ENOMEM));
  }

  @Test
  void mlockSucceedsOrReportsTheSize() throws Exception {
    try (Allocator disk = create("malloc,mlock=true", 12_345)) {
      disk.write(direct(new byte[] {1}), 12_344);
    } catch (NbdException e) {
      assertThat(e).hasMessageContaining("mlock of 12345 bytes");
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "heap|must be sparse, malloc, malloc,mlock=true or zstd, not 'heap'",
        "sparse,mlock=true|not 'sparse,mlock=true'",
        "malloc,lock=true|not 'malloc,lock=true'",
        "malloc,mlock=perhaps|not 'perhaps'",
      })
  void unknownAllocatorsAndOptionsAreRefused(String text, String message) {
    assertThatThrownBy(() -> Allocators.parameter().parse(text)).hasMessageContaining(message);
  }
}
