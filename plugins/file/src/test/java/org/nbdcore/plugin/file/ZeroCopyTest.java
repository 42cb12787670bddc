package org.nbdcore.plugin.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nbdcore.spi.BufferList;
import org.nbdcore.spi.Session;
import org.nbdcore.spi.helpers.BlockDevices;
import org.nbdcore.system.SystemCalls;

/** Zero-copy reads of the file plugin. */
final class ZeroCopyTest {

  private static final int SIZE = 1 << 20;

  @TempDir Path dir;
  private Path file;

  @BeforeEach
  void write() throws IOException {
    assumeTrue(SystemCalls.expected(), "the page cache can be asked here");
    byte[] content = new byte[SIZE];
    new Random(7).nextBytes(content);
    file = Files.write(dir.resolve("disk"), content);
  }

  @Test
  void cachedPagesAreReadZeroCopy() throws IOException {
    try (FileDevice device = FileDevice.open(file, false, Session.DETACHED)) {
      ReceivedFile buffers = new ReceivedFile(true);
      assertThat(BlockDevices.readZeroCopy(device, 4096, 300_000, buffers)).isTrue();
      assertThat(buffers.position).isEqualTo(4096);
      assertThat(buffers.length).isEqualTo(300_000);
    }
  }

  @Test
  void zeroCopyReadIsDeclinedIfTheListAcceptsNoFiles() throws IOException {
    try (FileDevice device = FileDevice.open(file, false, Session.DETACHED)) {
      assertThat(BlockDevices.readZeroCopy(device, 0, SIZE, new ReceivedFile(false))).isFalse();
    }
  }

  @Test
  void zeroCopyReadBeyondATruncatedFileIsDeclined() throws IOException {
    try (FileDevice device = FileDevice.open(file, false, Session.DETACHED)) {
      try (FileChannel other = FileChannel.open(file, StandardOpenOption.WRITE)) {
        other.truncate(SIZE / 2);
      }
      assertThat(BlockDevices.readZeroCopy(device, 0, SIZE / 2, new ReceivedFile(true))).isTrue();
      assertThat(BlockDevices.readZeroCopy(device, SIZE / 4, SIZE / 2, new ReceivedFile(true)))
          .isFalse();
    }
  }

  /** The hole of a sparse file has no pages until it is read. */
  @Test
  void zeroCopyReadOfUncachedPagesIsDeclined() throws IOException {
    Path sparse = dir.resolve("sparse");
    try (FileChannel channel =
        FileChannel.open(sparse, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      channel.write(ByteBuffer.wrap(new byte[1]), SIZE - 1);
    }
    try (FileDevice device = FileDevice.open(sparse, false, Session.DETACHED)) {
      assertThat(BlockDevices.readZeroCopy(device, 0, SIZE / 2, new ReceivedFile(true))).isFalse();
    }
  }

  /** Keeps the range of a file. */
  private static final class ReceivedFile implements BufferList {

    private final boolean acceptsFiles;
    private long position;
    private long length;

    ReceivedFile(boolean acceptsFiles) {
      this.acceptsFiles = acceptsFiles;
    }

    @Override
    public void add(ByteBuffer bytes) {
      throw new AssertionError("a file adds no memory");
    }

    @Override
    public void addZeroes(long size) {
      throw new AssertionError("a file adds no zeroes");
    }

    @Override
    public boolean acceptsFiles() {
      return acceptsFiles;
    }

    @Override
    public void addFile(FileChannel from, long at, long size) {
      position = at;
      length = size;
    }
  }
}
