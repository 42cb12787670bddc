package org.nbdcore.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nbdcore.protocol.Command;
import org.nbdcore.protocol.ErrorValue;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.BufferList;
import org.nbdcore.spi.PassThroughDevice;
import org.nbdcore.testkit.ModelDevice;
import org.nbdcore.testkit.RawNbdClient;

/** Replies that the kernel sends directly from a file. */
@Timeout(60)
final class ZeroCopyFilesTest {

  private static final int SIZE = 8 << 20;

  @TempDir Path dir;
  private final AtomicInteger reads = new AtomicInteger();
  private final byte[] content = new byte[SIZE];
  private FileChannel file;

  @BeforeEach
  void makeFile() throws IOException {
    new Random(3).nextBytes(content);
    Path path = Files.write(dir.resolve("disk"), content);
    file = FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE);
  }

  @AfterEach
  void closeFile() throws IOException {
    file.close();
  }

  /** Answers zero-copy reads; counts the others. */
  private BlockDevice device() {
    return new PassThroughDevice(new ModelDevice(SIZE)) {
      @Override
      public boolean readZeroCopy(long offset, long length, BufferList buffers) {
        buffers.addFile(file, offset, length);
        return true;
      }

      @Override
      public void read(ByteBuffer dst, long offset) throws IOException {
        reads.incrementAndGet();
        dst.put(content, (int) offset, dst.remaining());
      }
    };
  }

  private byte[] part(int offset, int length) {
    return Arrays.copyOfRange(content, offset, offset + length);
  }

  /**
   * Tests the first request of a connection: after a slow request, the next one goes to a worker.
   */
  @ParameterizedTest
  @ValueSource(ints = {32_769, 300_001, SIZE - 77})
  void longReadsAreSentFromTheFile(int length) throws Exception {
    try (TestServer server = TestServer.serve(device());
        RawNbdClient client = server.simple()) {
      client.request(0, Command.READ, 9, 77, length);
      assertThat(client.simpleReply()).isEqualTo(new RawNbdClient.SimpleReply(0, 9));
      assertThat(client.receive(length)).isEqualTo(part(77, length));
      assertThat(reads).hasValue(0);
    }
  }

  @Test
  void structuredRepliesAreSentFromTheFileToo() throws Exception {
    try (TestServer server = TestServer.serve(device());
        RawNbdClient client = server.structured()) {
      client.request(0, Command.READ, 9, 4096, 1 << 20);
      byte[] payload = client.chunk().payload();
      assertThat(Arrays.copyOfRange(payload, 8, payload.length)).isEqualTo(part(4096, 1 << 20));
      assertThat(reads).hasValue(0);
    }
  }

  @Test
  void shortRepliesBetweenThoseFromTheFileKeepTheirData() throws Exception {
    try (TestServer server = TestServer.serve(device());
        RawNbdClient client = server.simple()) {
      for (int i = 0; i < 40; i++) {
        client.request(0, Command.READ, i, i * 1000L, i % 2 == 0 ? 100_000 : 512);
      }
      for (int i = 0; i < 40; i++) {
        RawNbdClient.SimpleReply reply = client.simpleReply();
        int at = (int) reply.cookie();
        int length = at % 2 == 0 ? 100_000 : 512;
        assertThat(client.receive(length)).isEqualTo(part(at * 1000, length));
      }
    }
  }

  @Test
  void aTruncatedFileEndsTheConnectionAndNotTheServer() throws Exception {
    try (TestServer server = TestServer.serve(device())) {
      try (RawNbdClient client = server.simple()) {
        file.truncate(SIZE / 2);
        client.request(0, Command.READ, 9, 0, SIZE);
        RawNbdClient.SimpleReply reply = client.simpleReply();
        if (reply.error() == 0) {
          assertThat(client.receive(SIZE / 2)).isEqualTo(part(0, SIZE / 2));
          assertThat(client.closedByServer()).isTrue();
        } else {
          // On a machine that stalled, the file was read into memory before the reply was started.
          assertThat(reply.error()).isEqualTo(ErrorValue.EIO);
        }
      }
      try (RawNbdClient client = server.simple()) {
        client.request(0, Command.READ, 9, 0, 100_000);
        assertThat(client.simpleReply().error()).isZero();
        assertThat(client.receive(100_000)).isEqualTo(part(0, 100_000));
      }
    }
  }
}
