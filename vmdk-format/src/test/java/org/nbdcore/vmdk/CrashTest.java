package org.nbdcore.vmdk;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Simulates a crash before each file operation of a series of writes and flushes. The disk must
 * open afterwards, and each sector must have its flushed content or a later one.
 */
class CrashTest {
  private static final int SECTOR = 512;
  private static final int STEPS = 8;
  private static final int MAX_SECTORS = 60; // sectors of one request

  private final VmdkOptions options = VmdkOptions.defaults().withWritable(true);

  @ParameterizedTest
  @EnumSource
  void crashAtAnyCallLosesNoFlushedData(WritableKind kind) throws IOException {
    long seed = new Random().nextLong();
    long calls = countCalls(kind, seed);
    for (long cut = 0; cut < calls; cut++) {
      String as = kind + ", seed " + seed + ", cut after " + cut + " of " + calls + " calls";
      SimulatedFiles files = new SimulatedFiles();
      Workload workload = new Workload(files, kind, seed);
      files.cutAfter(cut);
      workload.run(options);
      Random lostWrites = new Random(seed ^ cut);
      workload.verify(files.afterKill(), options, as + ", killed");
      workload.verify(files.afterPowerCut(lostWrites), options, as + ", no power");
    }
  }

  private long countCalls(WritableKind kind, long seed) throws IOException {
    SimulatedFiles files = new SimulatedFiles();
    Workload workload = new Workload(files, kind, seed);
    long before = files.calls();
    workload.run(options);
    return files.calls() - before;
  }

  /** A reproducible series of writes and flushes, and the contents that may be found after it. */
  private static final class Workload {
    private final SimulatedFiles files;
    private final Random random;
    private final byte[] flushed;
    private final byte[] now;
    private final boolean[] touched; // sectors whose old and new content may both be found

    Workload(SimulatedFiles files, WritableKind kind, long seed) throws IOException {
      this.files = files;
      this.random = new Random(seed);
      this.flushed = kind.make(files, random);
      this.now = flushed.clone();
      this.touched = new boolean[now.length / SECTOR];
    }

    void run(VmdkOptions options) throws IOException {
      try (VmdkDisk disk = VmdkDisk.open(files.at(WritableKind.NAME), options)) {
        for (int i = 0; i < STEPS; i++) {
          step(disk);
        }
      } catch (SimulatedFiles.Cut e) {
        return; // verify checks the files
      }
    }

    private void step(VmdkDisk disk) throws IOException {
      int sectors = 1 + random.nextInt(MAX_SECTORS);
      int first = random.nextInt(touched.length - sectors);
      switch (random.nextInt(8)) {
        case 0, 1, 2, 3 -> write(disk, first, sectors);
        case 4 -> clear(disk, first, sectors, true);
        case 5 -> clear(disk, first, sectors, false);
        default -> flush(disk);
      }
    }

    /** Writes each sector at most once between flushes, so only two contents are possible. */
    private void write(VmdkDisk disk, int first, int sectors) throws IOException {
      flushIfTouched(disk, first, sectors);
      byte[] bytes = new byte[sectors * SECTOR];
      random.nextBytes(bytes);
      touch(first, sectors);
      System.arraycopy(bytes, 0, now, first * SECTOR, bytes.length);
      disk.write(ByteBuffer.wrap(bytes), (long) first * SECTOR);
    }

    private void clear(VmdkDisk disk, int first, int sectors, boolean zero) throws IOException {
      flushIfTouched(disk, first, sectors);
      touch(first, sectors);
      Arrays.fill(now, first * SECTOR, (first + sectors) * SECTOR, (byte) 0);
      if (zero) {
        disk.zero((long) first * SECTOR, (long) sectors * SECTOR);
      } else {
        disk.trim((long) first * SECTOR, (long) sectors * SECTOR);
        byte[] found = Disks.read(disk, (long) first * SECTOR, sectors * SECTOR);
        System.arraycopy(found, 0, now, first * SECTOR, found.length);
      }
    }

    private void touch(int first, int sectors) {
      Arrays.fill(touched, first, first + sectors, true);
    }

    private void flushIfTouched(VmdkDisk disk, int first, int sectors) throws IOException {
      for (int i = first; i < first + sectors; i++) {
        if (touched[i]) {
          flush(disk);
          return;
        }
      }
    }

    private void flush(VmdkDisk disk) throws IOException {
      disk.flush();
      System.arraycopy(now, 0, flushed, 0, now.length);
      Arrays.fill(touched, false);
    }

    void verify(SimulatedFiles left, VmdkOptions options, String as) throws IOException {
      WritableKind.audit(left, false);
      try (VmdkDisk disk = VmdkDisk.open(left.at(WritableKind.NAME), VmdkOptions.defaults())) {
        compare(Disks.readAll(disk), as);
      } catch (IOException e) {
        throw new AssertionError(as, e);
      }
      try (VmdkDisk disk = VmdkDisk.open(left.at(WritableKind.NAME), options)) {
        byte[] found = Disks.readAll(disk);
        compare(found, as);
        disk.write(ByteBuffer.wrap(found, 0, 100_000), 0);
      }
      WritableKind.audit(left, true);
    }

    private void compare(byte[] found, String as) {
      for (int i = 0; i < touched.length; i++) {
        boolean old = same(found, flushed, i);
        boolean later = touched[i] && same(found, now, i);
        assertThat(old || later).as("%s: sector %d", as, i).isTrue();
      }
    }

    private static boolean same(byte[] a, byte[] b, int sector) {
      int from = sector * SECTOR;
      return Arrays.equals(a, from, from + SECTOR, b, from, from + SECTOR);
    }
  }
}
