package org.nbdcore.vmdk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** streamOptimized disks, written in order or slightly out of order. */
@Tag("newest")
class WriteStreamTest {
  private static final int GRAIN = 64 * 1024;
  private static final int GRAINS = 40;
  private static final int SIZE = GRAINS * GRAIN - 3 * 512;

  private final SimulatedFiles files = new SimulatedFiles();
  private final byte[] content = new byte[SIZE];

  @BeforeEach
  void create() throws IOException {
    new Random(7).nextBytes(content);
    Arrays.fill(content, 5 * GRAIN, 9 * GRAIN, (byte) 0);
    Arrays.fill(content, 12 * GRAIN, 13 * GRAIN - 1, (byte) 'x');
    VmdkDisk.create(
        files.at("new.vmdk"), VmdkCreateOptions.ofSize(SIZE).withType(VmdkType.STREAM_OPTIMIZED));
  }

  private VmdkDisk open(boolean writable) throws IOException {
    return VmdkDisk.open(files.at("new.vmdk"), VmdkOptions.defaults().withWritable(writable));
  }

  private void write(VmdkDisk disk, int from, int length) throws IOException {
    disk.write(ByteBuffer.wrap(content, from, length), from);
  }

  private void assertFinished() throws IOException {
    try (VmdkDisk disk = open(false)) {
      assertThat(disk.info().createType()).isEqualTo("streamOptimized");
      assertThat(Arrays.mismatch(Disks.readAll(disk), content)).isEqualTo(-1);
      assertThat(Disks.map(disk))
          .as("zeroes are not stored")
          .contains("HOLE " + 5 * GRAIN + "+" + 4 * GRAIN);
    }
  }

  /** Its first grain would not have an entry in any table. */
  @Test
  void newStreamWithACapacityUnlikeItsDescriptorIsRefused() throws IOException {
    damage(12, 0);
    assertThatThrownBy(() -> open(true))
        .isInstanceOf(VmdkException.class)
        .hasMessageContaining("new.vmdk: capacity is 0 sectors");
  }

  /** The grain size in the footer would differ from the size of the written grains. */
  @Test
  void emptyStreamOfAnotherProgramIsNotWritten() throws IOException {
    damage(20, 64);
    assertThatThrownBy(() -> open(true))
        .isInstanceOf(VmdkException.class)
        .hasMessageContaining("is a stream without an end");
  }

  private void damage(int at, long value) {
    byte[] image = files.bytes("new.vmdk");
    SparseFixture.le(8).putLong(0, value).get(0, image, at, 8);
    files.put("new.vmdk", image);
  }

  @Test
  void streamWrittenInOrderIsCompleteAfterClose() throws IOException {
    try (VmdkDisk disk = open(true)) {
      for (int at = 0; at < SIZE; at += 10_000) {
        write(disk, at, Math.min(10_000, SIZE - at));
      }
      assertThat(Disks.readAll(disk)).isEqualTo(content);
    }
    assertFinished();
  }

  @Test
  void threadsMayWriteOutOfOrderWithinTheWindow() throws Exception {
    List<Integer> pieces = new ArrayList<>();
    for (int at = 0; at < SIZE; at += 4096) {
      pieces.add(at);
    }
    Collections.shuffle(pieces, new Random(8));
    ExecutorService pool = Executors.newFixedThreadPool(8);
    try (VmdkDisk disk = open(true)) {
      List<Future<?>> writing = new ArrayList<>();
      for (int at : pieces) {
        writing.add(
            pool.submit(
                () -> {
                  write(disk, at, Math.min(4096, SIZE - at));
                  return null;
                }));
      }
      for (Future<?> each : writing) {
        each.get();
      }
    } finally {
      pool.shutdownNow();
    }
    assertFinished();
  }

  @Test
  void flushedGrainsCannotBeChanged() throws IOException {
    try (VmdkDisk disk = open(true)) {
      write(disk, 0, 10 * GRAIN);
      disk.flush();
      assertThatThrownBy(() -> write(disk, 4 * GRAIN, 512))
          .isInstanceOf(VmdkException.class)
          .hasMessage(
              "new.vmdk: is a streamOptimized disk, written in order, and what comes before byte"
                  + " 655360 is finished, so that byte 262144 cannot be changed; write in order,"
                  + " at most 64 MiB back");
      disk.zero(6 * GRAIN, GRAIN); // reads as zeroes already
      write(disk, 10 * GRAIN, SIZE - 10 * GRAIN);
    }
    assertFinished();
  }

  @Test
  void unfinishedStreamIsReadableAndCanBeContinued() throws IOException {
    try (VmdkDisk disk = open(true)) {
      write(disk, 0, 20 * GRAIN);
      disk.settle();
      try (VmdkDisk reader = open(false)) {
        assertThat(Disks.read(reader, 0, 20 * GRAIN)).isEqualTo(Arrays.copyOf(content, 20 * GRAIN));
        assertThat(Disks.map(reader, 20 * GRAIN, GRAIN)).allMatch(run -> run.startsWith("HOLE"));
      }
      write(disk, 20 * GRAIN, SIZE - 20 * GRAIN);
    }
    assertFinished();
  }

  @Test
  void rewriteWithinTheWindowReplacesTheData() throws IOException {
    byte[] first = new byte[SIZE];
    new Random(9).nextBytes(first);
    try (VmdkDisk disk = open(true)) {
      disk.write(ByteBuffer.wrap(first), 0);
      disk.zero(0, 3 * GRAIN + 100);
      disk.trim(30 * GRAIN, 2 * GRAIN);
      assertThat(Disks.read(disk, 100, 3 * GRAIN)).containsOnly(0);
      write(disk, 0, SIZE);
    }
    assertFinished();
  }

  @Test
  void aFinishedDiskIsReadOnly() throws IOException {
    try (VmdkDisk disk = open(true)) {
      write(disk, 0, GRAIN);
    }
    assertThatThrownBy(() -> open(true))
        .isInstanceOf(ReadOnlyDiskException.class)
        .hasMessageContaining("is a finished streamOptimized disk");
  }
}
