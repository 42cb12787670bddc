package org.nbdcore.vmdk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.ClosedChannelException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
@Tag("newest")
final class ParallelUseTest {
  @TempDir Path dir;

  private static SparseFixture fixture(boolean compressed) {
    SparseFixture fixture = compressed ? SparseFixture.stream(512) : SparseFixture.monolithic(512);
    for (long grain = 63; grain > 0; grain -= grain % 5 == 0 ? 2 : 1) {
      fixture.grain(grain, (int) grain * 7);
    }
    return fixture;
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void manyReadersSeeTheSameDisk(boolean compressed) throws Exception {
    SparseFixture fixture = fixture(compressed);
    byte[] content = fixture.content();
    VmdkOptions options = VmdkOptions.defaults().withGrainCacheBytes(8 * 4096);
    ExecutorService threads = Executors.newFixedThreadPool(8);
    try (VmdkDisk disk = VmdkDisk.open(fixture.write(dir.resolve("disk.vmdk")), options)) {
      List<Future<?>> readers = new ArrayList<>();
      for (int reader = 0; reader < 8; reader++) {
        long seed = 1000 + reader;
        readers.add(threads.submit(() -> readAtRandom(disk, content, seed)));
      }
      for (Future<?> reader : readers) {
        reader.get();
      }
    } finally {
      threads.shutdownNow();
    }
  }

  private static Void readAtRandom(VmdkDisk disk, byte[] content, long seed) throws IOException {
    Random random = new Random(seed);
    for (int i = 0; i < 1000; i++) {
      int offset = random.nextInt(content.length);
      int length = random.nextInt(Math.min(20000, content.length - offset) + 1);
      assertThat(Disks.read(disk, offset, length))
          .as("seed %d round %d", seed, i)
          .isEqualTo(Arrays.copyOfRange(content, offset, offset + length));
    }
    return null;
  }

  @Test
  void interruptFailsOnlyTheReadOfItsThread() throws Exception {
    SparseFixture fixture = fixture(false);
    byte[] content = fixture.content();
    AtomicBoolean done = new AtomicBoolean();
    ExecutorService threads = Executors.newFixedThreadPool(2);
    try (VmdkDisk disk = VmdkDisk.open(fixture.write(dir.resolve("disk.vmdk")))) {
      Future<?> steady =
          threads.submit(
              () -> {
                for (long seed = 1; !done.get(); seed++) {
                  readAtRandom(disk, content, seed);
                }
                return null;
              });
      for (int i = 0; i < 50; i++) {
        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> disk.read(ByteBuffer.allocate(4096), 4096))
            .isInstanceOf(ClosedByInterruptException.class);
        assertThat(Thread.interrupted()).as("the interrupt is kept").isTrue();
        assertThat(Disks.read(disk, 4096, 512)).isEqualTo(Arrays.copyOfRange(content, 4096, 4608));
      }
      done.set(true);
      steady.get();
    } finally {
      done.set(true);
      threads.shutdownNow();
    }
  }

  @Test
  void fileThatWasReplacedIsNotReopened() throws Exception {
    Path file = fixture(false).write(dir.resolve("disk.vmdk"));
    try (VmdkDisk disk = VmdkDisk.open(file)) {
      Files.move(file, dir.resolve("old.vmdk"));
      Files.copy(dir.resolve("old.vmdk"), file);
      Thread.currentThread().interrupt();
      assertThatThrownBy(() -> disk.read(ByteBuffer.allocate(1), 4096))
          .isInstanceOf(ClosedByInterruptException.class);
      assertThat(Thread.interrupted()).isTrue();
      assertThatThrownBy(() -> disk.read(ByteBuffer.allocate(1), 4096))
          .hasMessageContaining("was replaced");
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void closeFailsReadersWithAClosedChannelException(boolean compressed) throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(4);
    VmdkDisk disk = VmdkDisk.open(fixture(compressed).write(dir.resolve("disk.vmdk")));
    try {
      CountDownLatch reading = new CountDownLatch(4);
      List<Future<?>> readers = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        readers.add(
            threads.submit(
                () -> {
                  ByteBuffer buffer = ByteBuffer.allocateDirect((int) disk.size());
                  while (true) {
                    disk.read(buffer.clear(), 0);
                    reading.countDown();
                  }
                }));
      }
      assertThat(reading.await(30, TimeUnit.SECONDS)).isTrue();
      disk.close();
      for (Future<?> reader : readers) {
        assertThatThrownBy(reader::get).hasCauseInstanceOf(ClosedChannelException.class);
      }
      disk.close(); // a second close has no effect
      assertThatThrownBy(() -> disk.extents(0, 1, (o, l, k) -> true))
          .isInstanceOf(ClosedChannelException.class);
    } finally {
      threads.shutdownNow();
      disk.close();
    }
  }

  @Test
  void closedPoolClosesItsDecoders() throws IOException {
    DecoderPool pool = new DecoderPool();
    GrainDecoder first = pool.take();
    GrainDecoder second = pool.take();
    assertThat(second).isNotSameAs(first);
    pool.release(first);
    assertThat(pool.idle()).isEqualTo(1);
    assertThat(pool.take()).isSameAs(first);
    pool.release(first);
    GrainDecoder idle = new GrainDecoder(null); // uses only the JDK's Inflater
    GrainDecoder inUse = new GrainDecoder(null);
    pool.release(idle);
    SparseFixture fixture = fixture(true);
    FileLocation location = FileLocation.of(fixture.write(dir.resolve("disk.vmdk")));
    long offset = fixture.grainOffsets.get(1L);
    try (OpenFile file = location.open(false)) {
      DirectMemory memory = new DirectMemory(4096);
      idle.decode(file, offset, 8, 4096, memory, 4096);
      inUse.decode(file, offset, 8, 4096, memory, 4096);
      pool.close();
      pool.release(second);
      pool.release(inUse);
      assertThat(pool.idle()).isZero();
      for (GrainDecoder closed : List.of(idle, inUse)) {
        assertThatThrownBy(() -> closed.decode(file, offset, 8, 4096, memory, 4096))
            .isInstanceOf(RuntimeException.class)
            .hasMessageContaining("closed");
      }
    }
  }
}
