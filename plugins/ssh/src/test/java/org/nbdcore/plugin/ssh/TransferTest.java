package org.nbdcore.plugin.ssh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.sshd.sftp.server.FileHandle;
import org.apache.sshd.sftp.server.SftpFileSystemAccessor;
import org.apache.sshd.sftp.server.SftpSubsystemProxy;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.Flags;
import org.nbdcore.testkit.DiskContents;

/** Reads and writes that are split into pieces. */
final class TransferTest {

  /** More pieces than are in progress at once. */
  private static final int SIZE = SftpTransfer.PIECE * (2 * SftpTransfer.IN_PROGRESS + 5) + 17;

  @TempDir private Path folder;
  private final byte[] disk = new byte[SIZE];
  private SftpTestServer server;

  @BeforeEach
  void startServer() throws IOException {
    new Random(2).nextBytes(disk);
    Files.write(folder.resolve("disk.img"), disk);
    server = new SftpTestServer(folder, new RefusingFiles());
  }

  @AfterEach
  void stopServer() throws IOException {
    server.close();
  }

  /** Refuses to write what begins with a certain byte. */
  private static final class RefusingFiles implements SftpFileSystemAccessor {
    static final byte REFUSED = 99;

    @Override
    public SeekableByteChannel openFile(
        SftpSubsystemProxy subsystem,
        FileHandle handle,
        Path file,
        String name,
        Set<? extends OpenOption> options,
        FileAttribute<?>... attributes)
        throws IOException {
      SeekableByteChannel channel =
          SftpFileSystemAccessor.super.openFile(subsystem, handle, file, name, options, attributes);
      return new ForwardingChannel(channel) {
        @Override
        public int write(ByteBuffer src) throws IOException {
          if (src.get(src.position()) == REFUSED) {
            throw new IOException("no space left");
          }
          return super.write(src);
        }
      };
    }
  }

  @Test
  void longReadsAndWritesTransferAllBytes() throws Exception {
    try (StartedPlugin plugin = new StartedPlugin(server.parameters("disk.img"));
        BlockDevice device = plugin.open()) {
      assertThat(device.size()).isEqualTo(SIZE);
      assertThat(DiskContents.read(device, 0, SIZE)).isEqualTo(disk);
      byte[] written = new byte[SIZE - 4321];
      new Random(3).nextBytes(written);
      written[0] = 0;
      for (int i = SftpTransfer.PIECE; i < written.length; i += SftpTransfer.PIECE) {
        written[i] = 0;
      }
      device.write(ByteBuffer.wrap(written), 4000, Flags.NONE);
      System.arraycopy(written, 0, disk, 4000, written.length);
    }
    assertThat(Files.readAllBytes(folder.resolve("disk.img"))).isEqualTo(disk);
  }

  @Test
  void readsOfManyThreadsShareTheChannel() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(8);
    try (StartedPlugin plugin = new StartedPlugin(server.parameters("disk.img"));
        BlockDevice device = plugin.open()) {
      List<Future<?>> reads = new ArrayList<>();
      for (int seed = 0; seed < 8; seed++) {
        Random random = new Random(seed);
        reads.add(
            threads.submit(
                () -> {
                  for (int i = 0; i < 20; i++) {
                    int offset = random.nextInt(SIZE - 1);
                    int length = 1 + random.nextInt(Math.min(200_000, SIZE - offset));
                    assertThat(DiskContents.read(device, offset, length))
                        .isEqualTo(Arrays.copyOfRange(disk, offset, offset + length));
                  }
                  return null;
                }));
      }
      for (Future<?> read : reads) {
        read.get();
      }
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void aRefusedPieceFailsItsRequestAndNoOther() throws Exception {
    try (StartedPlugin plugin = new StartedPlugin(server.parameters("disk.img"));
        BlockDevice device = plugin.open()) {
      byte[] refused = new byte[5 * SftpTransfer.PIECE];
      refused[SftpTransfer.PIECE] = RefusingFiles.REFUSED;
      assertThatThrownBy(() -> device.write(ByteBuffer.wrap(refused), 0, Flags.NONE))
          .hasMessageContaining("cannot write disk.img at " + SftpTransfer.PIECE);
      assertThat(DiskContents.read(device, SIZE - 1000, 1000))
          .isEqualTo(Arrays.copyOfRange(disk, SIZE - 1000, SIZE));
    }
  }

  @Test
  void aFileThatHasBecomeShorterIsAnError() throws Exception {
    try (StartedPlugin plugin = new StartedPlugin(server.parameters("disk.img"));
        BlockDevice device = plugin.open()) {
      try (FileChannel file =
          FileChannel.open(folder.resolve("disk.img"), StandardOpenOption.WRITE)) {
        file.truncate(100_000);
      }
      ByteBuffer bytes = ByteBuffer.allocateDirect(200_000);
      assertThatThrownBy(() -> device.read(bytes, 0))
          .hasMessageContaining("disk.img has become shorter");
      assertThat(bytes.position()).isEqualTo(3 * SftpTransfer.PIECE + 1696);
    }
  }

  @Test
  void theFirstClientCreatesTheFileAndTheNextOpensIt() throws Exception {
    Path file = folder.resolve("new.img");
    Files.writeString(file, "old content");
    List<String> arguments =
        server.parameters("new.img", "create=true", "create-size=1M", "create-mode=0640");
    try (StartedPlugin plugin = new StartedPlugin(arguments)) {
      assertThat(file).hasContent("old content");
      try (BlockDevice first = plugin.open()) {
        assertThat(first.size()).isEqualTo(1 << 20);
        first.write(ByteBuffer.wrap(new byte[] {1, 2, 3}), 7, Flags.NONE);
      }
      try (BlockDevice second = plugin.open()) {
        assertThat(DiskContents.read(second, 6, 5)).containsExactly(0, 1, 2, 3, 0);
      }
    }
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-r-----");
  }

  @Test
  void closingAfterTheConnectionIsLostDoesNotFail() throws Exception {
    try (StartedPlugin plugin = new StartedPlugin(server.parameters("disk.img"))) {
      BlockDevice device = plugin.open();
      server.close();
      assertThatThrownBy(() -> DiskContents.read(device, 0, 1)).isInstanceOf(IOException.class);
      device.close();
    }
  }

  @Test
  void errorNamesAMissingFile() throws Exception {
    try (StartedPlugin plugin = new StartedPlugin(server.parameters("none.img"))) {
      assertThatThrownBy(plugin::open).hasMessageContaining("cannot open none.img");
    }
  }
}
