package org.nbdcore.vmdk;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Compares a disk with an array after random writes, zeroes, trims, flushes and reopenings. Each
 * thread has its own stripe. The stripes end within grains, so threads share grains and tables.
 */
class WriteModelTest {
  private static final int ROUNDS = 3;
  private static final int STEPS = 60;
  private static final int MAX_LENGTH = 200_000;

  private final SimulatedFiles files = new SimulatedFiles();
  private final VmdkOptions options =
      VmdkOptions.defaults().withWritable(true).withTableCacheBytes(0);

  @ParameterizedTest
  @EnumSource
  void oneThreadReadsWhatItWrote(WritableKind kind) throws Exception {
    run(kind, 1, new Random().nextLong());
  }

  @ParameterizedTest
  @EnumSource
  void eightThreadsReadWhatTheyWrote(WritableKind kind) throws Exception {
    run(kind, 8, new Random().nextLong());
  }

  private void run(WritableKind kind, int threads, long seed) throws Exception {
    Random random = new Random(seed);
    byte[] model = kind.make(files, random);
    VmdkDisk disk = VmdkDisk.open(files.at(WritableKind.NAME), options);
    String as = kind + ", seed " + seed;
    for (int round = 0; round < ROUNDS; round++) {
      round(disk, model, threads, random, as);
      verify(disk, model, as);
      if (random.nextBoolean()) {
        disk.settle();
        verify(disk, model, as);
      } else {
        disk.close();
        WritableKind.audit(files, true);
        disk = VmdkDisk.open(files.at(WritableKind.NAME), options);
        verify(disk, model, as);
      }
    }
    disk.close();
  }

  private static void round(VmdkDisk disk, byte[] model, int threads, Random random, String as)
      throws Exception {
    if (threads == 1) {
      new Worker(disk, model, 0, model.length, random.nextLong(), as).run();
      return;
    }
    ExecutorService pool = Executors.newFixedThreadPool(threads);
    try {
      List<Future<?>> running = new ArrayList<>();
      int stripe = model.length / threads;
      for (int i = 0; i < threads; i++) {
        Worker worker = new Worker(disk, model, i * stripe, stripe, random.nextLong(), as);
        running.add(
            pool.submit(
                () -> {
                  worker.run();
                  return null;
                }));
      }
      for (Future<?> each : running) {
        each.get();
      }
    } finally {
      pool.shutdownNow();
    }
  }

  /** One thread on its own part of the disk. */
  private record Worker(VmdkDisk disk, byte[] model, int start, int size, long seed, String as) {

    void run() throws IOException {
      Random random = new Random(seed);
      for (int step = 0; step < STEPS; step++) {
        int length = 1 + random.nextInt(Math.min(size / 2, MAX_LENGTH));
        int offset = start + random.nextInt(size - length);
        switch (random.nextInt(8)) {
          case 0, 1, 2 -> write(random, offset, length);
          case 3 -> write(random, offset, 1 + random.nextInt(Math.min(length, 1000)));
          case 4 -> zero(offset, length);
          case 5 -> trim(offset, length);
          case 6 -> compare(offset, length);
          default -> disk.flush();
        }
      }
    }

    private void write(Random random, int offset, int length) throws IOException {
      byte[] bytes = new byte[length];
      random.nextBytes(bytes);
      disk.write(ByteBuffer.wrap(bytes), offset);
      System.arraycopy(bytes, 0, model, offset, length);
    }

    private void zero(int offset, int length) throws IOException {
      disk.zero(offset, length);
      Arrays.fill(model, offset, offset + length, (byte) 0);
    }

    /** After a trim, each byte is either unchanged or zero. */
    private void trim(int offset, int length) throws IOException {
      disk.trim(offset, length);
      byte[] now = Disks.read(disk, offset, length);
      for (int i = 0; i < length; i++) {
        if (now[i] != 0 && now[i] != model[offset + i]) {
          throw new AssertionError(as + ": byte " + (offset + i) + " was trimmed to " + now[i]);
        }
      }
      System.arraycopy(now, 0, model, offset, length);
    }

    private void compare(int offset, int length) throws IOException {
      byte[] expected = Arrays.copyOfRange(model, offset, offset + length);
      assertThat(Arrays.mismatch(Disks.read(disk, offset, length), expected))
          .as("%s, the first wrong byte behind %d", as, offset)
          .isEqualTo(-1);
    }
  }

  private static void verify(VmdkDisk disk, byte[] model, String as) throws IOException {
    assertThat(Arrays.mismatch(Disks.readAll(disk), model))
        .as("%s, the first wrong byte", as)
        .isEqualTo(-1);
    for (Disks.Run run : Disks.runs(disk, 0, disk.size())) {
      int from = (int) run.offset();
      int to = (int) (run.offset() + run.length());
      boolean zeroes = Arrays.equals(model, from, to, new byte[to - from], 0, to - from);
      assertThat(run.kind() == ExtentKind.DATA || zeroes).as("%s, %s", as, run).isTrue();
    }
  }
}
