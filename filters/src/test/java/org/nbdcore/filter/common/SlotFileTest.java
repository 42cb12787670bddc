package org.nbdcore.filter.common;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.nbdcore.spi.BufferList;

@Timeout(60)
@Tag("newest")
final class SlotFileTest {

  private static final int SLOT = 4096;
  private static final long WINDOW = 1 << 28; // the range of one query of the page cache

  /** Several times as long as the race takes to occur in code that has it. */
  private static final Duration RACE_TIME = Duration.ofSeconds(5);

  /** A buffer list that records the size of the file when a range is added. */
  private static final class SizeRecorder implements BufferList {
    private long size = -1;

    @Override
    public void add(ByteBuffer bytes) {
      throw new AssertionError("a file adds no memory");
    }

    @Override
    public void addZeroes(long length) {
      throw new AssertionError("a file adds no zeroes");
    }

    @Override
    public boolean acceptsFiles() {
      return true;
    }

    @Override
    public void addFile(FileChannel file, long position, long length) {
      try {
        size = file.size();
      } catch (IOException e) {
        throw new AssertionError(e);
      }
    }
  }

  /** Mapping could extend the file, and cutting it afterwards could lose a concurrent write. */
  @Test
  @EnabledOnOs({OS.LINUX, OS.MAC}) // elsewhere the page cache cannot be queried
  void zeroCopyReadsDoNotChangeTheFileSize() throws IOException {
    try (SlotFile file = new SlotFile("nbd-core-test-", SLOT)) {
      file.write(0, 0, full(1, SLOT));
      SizeRecorder buffers = new SizeRecorder();
      assertThat(file.readZeroCopy(0, 0, SLOT, buffers)).isTrue();
      assertThat(buffers.size).isEqualTo(SLOT);
      file.write(5, 0, full(1, SLOT));
      assertThat(file.readZeroCopy(5, 0, SLOT, buffers))
          .as("what the file has grown by is added")
          .isTrue();
      assertThat(buffers.size).isEqualTo(6 * SLOT);
      assertThat(file.readZeroCopy(6, 0, SLOT, buffers)).as("what is not there").isFalse();
    }
  }

  /** One thread queries the page cache for a window while another writes behind the window. */
  @Test
  void writeDuringAZeroCopyReadIsNotLost() throws Exception {
    long far = WINDOW / SLOT;
    long end = System.nanoTime() + RACE_TIME.toNanos(); // fewer rounds on a busy machine
    for (int round = 0; round < 3000 && System.nanoTime() - end < 0; round++) {
      try (SlotFile file = new SlotFile("nbd-core-test-", SLOT)) {
        file.write(0, 0, full(1, 10));
        CyclicBarrier start = new CyclicBarrier(2);
        FutureTask<Boolean> reading =
            new FutureTask<>(
                () -> {
                  start.await();
                  return file.readZeroCopy(0, 0, 10, new SizeRecorder());
                });
        new Thread(reading, "reads").start();
        ByteBuffer data = full(7, SLOT);
        start.await();
        file.write(far, 0, data);
        reading.get();
        ByteBuffer read = ByteBuffer.allocate(SLOT);
        file.read(far, 0, read);
        assertThat(read.array()).as("round %d", round).containsOnly(7);
      }
    }
  }

  /** As on a file system whose files cannot be as large as the written data. */
  @Test
  @EnabledOnOs({OS.LINUX, OS.MAC})
  void largeDataIsSplitOverSeveralFiles() throws IOException {
    try (SlotFile file = new SlotFile("nbd-core-test-", SLOT, WINDOW)) {
      long last = WINDOW / SLOT - 1;
      file.write(last, 0, full(3, 3 * SLOT));
      file.write(4 * last, 7, full(5, 10));
      ByteBuffer read = ByteBuffer.allocate(3 * SLOT);
      file.read(last, 0, read);
      assertThat(read.array()).containsOnly(3);
      file.read(4 * last, 7, read.clear().limit(10));
      assertThat(read.get(0)).isEqualTo((byte) 5);
      SizeRecorder buffers = new SizeRecorder();
      assertThat(file.readZeroCopy(last + 1, 0, 2 * SLOT, buffers)).isTrue();
      assertThat(buffers.size).as("size of the second file").isEqualTo(2 * SLOT);
      assertThat(file.readZeroCopy(last, 0, 2 * SLOT, buffers))
          .as("a range over two files")
          .isFalse();
      assertThatThrownBy(() -> file.read(last * 2 + 10, 0, ByteBuffer.allocate(1)))
          .isInstanceOf(EOFException.class);
    }
  }

  @Test
  void noDescriptorIsUsedBeforeTheFirstWrite() throws IOException {
    List<SlotFile> files = new ArrayList<>();
    for (int i = 0; i < 100_000; i++) {
      files.add(new SlotFile("nbd-core-test-", SLOT));
    }
    for (SlotFile file : files) {
      assertThat(file.readZeroCopy(0, 0, 1, new SizeRecorder())).isFalse();
      file.close();
    }
  }

  private static ByteBuffer full(int value, int length) {
    return ByteBuffer.allocateDirect(length).put(Chains.bytes(value, length)).flip();
  }
}
