package org.nbdcore.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nbdcore.protocol.Command;
import org.nbdcore.spi.FilterBlockDevice;
import org.nbdcore.spi.NbdError;
import org.nbdcore.spi.NbdException;
import org.nbdcore.testkit.ModelDevice;
import org.nbdcore.testkit.RawNbdClient;

/** Protocol, {@code NBD_REPLY_TYPE_ERROR_OFFSET}. */
final class ErrorOffsetTest {

  private static final int SIZE = 1 << 20;
  private static final long COOKIE = 3;

  private static Bytes error(int error, String message, long offset) {
    byte[] text = message.getBytes(StandardCharsets.UTF_8);
    return new Bytes()
        .add(0x668e33ef, 4)
        .add(1, 2)
        .add(0x8002, 2)
        .add(COOKIE, 8)
        .add(14 + text.length, 4)
        .add(error, 4)
        .add(text.length, 2)
        .add(text)
        .add(offset, 8);
  }

  private static void assertAnswer(RawNbdClient client, Bytes expected) throws Exception {
    assertThat(client.receive(expected.size())).isEqualTo(expected.array());
  }

  @ParameterizedTest
  @CsvSource({
    "READ, 22",
    "WRITE, 28",
    "TRIM, 22",
    "CACHE, 22",
    "WRITE_ZEROES, 28",
    "BLOCK_STATUS, 22",
  })
  void errorOffsetOfARequestPastTheEndIsTheFirstInvalidByte(String name, int error)
      throws Exception {
    int command = 0;
    while (!Command.name(command).equals(name)) {
      command++;
    }
    try (TestServer server = TestServer.serve(new ModelDevice(SIZE));
        RawNbdClient client = server.structured()) {
      ask(client, command, SIZE - 512, 1024);
      String past = " goes past the end of the disk at 1048576";
      assertAnswer(client, error(error, "the range 1048064+1024" + past, SIZE));
      ask(client, command, SIZE, 512);
      assertAnswer(client, error(error, "the range 1048576+512" + past, SIZE));
      ask(client, command, -1, 512); // 2^64 - 1
      assertAnswer(client, error(error, "the range 18446744073709551615+512" + past, -1));
    }
  }

  private static void ask(RawNbdClient client, int command, long offset, int length)
      throws Exception {
    if (command == Command.WRITE) {
      client.request(0, command, COOKIE, offset, new byte[length]);
    } else {
      client.request(0, command, COOKIE, offset, length);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1000, 32_768, 100_000, 1_000_000}) // gathered or not
  void aReadThatFailsPartWayReportsTheOffset(int length) throws Exception {
    FilterBlockDevice torn =
        new FilterBlockDevice(new ModelDevice(SIZE)) {
          @Override
          public void read(ByteBuffer dst, long offset) throws NbdException {
            dst.position(dst.position() + 600);
            throw new NbdException(NbdError.EIO, "torn");
          }
        };
    try (TestServer server = TestServer.serve(torn);
        RawNbdClient client = server.structured()) {
      client.request(0, Command.READ, COOKIE, 4096, length);
      assertAnswer(client, error(5, "torn", 4696));
    }
  }

  /** A filter leaves its buffer like this if it reads in parts and a part fails. */
  @ParameterizedTest
  @ValueSource(ints = {2000, 100_000})
  void errorOffsetDoesNotDependOnTheBuffersLimit(int length) throws Exception {
    FilterBlockDevice torn =
        new FilterBlockDevice(new ModelDevice(SIZE)) {
          @Override
          public void read(ByteBuffer dst, long offset) throws NbdException {
            dst.limit(dst.position() + 1000).position(dst.position() + 600);
            throw new NbdException(NbdError.EIO, "torn");
          }
        };
    try (TestServer server = TestServer.serve(torn);
        RawNbdClient client = server.structured()) {
      client.request(0, Command.READ, COOKIE, 4096, length);
      assertAnswer(client, error(5, "torn", 4696));
    }
  }

  @Test
  void aReadThatFailsAtTheStartOrTheEndHasNoErrorOffset() throws Exception {
    for (int progress : new int[] {0, 512}) {
      FilterBlockDevice torn =
          new FilterBlockDevice(new ModelDevice(SIZE)) {
            @Override
            public void read(ByteBuffer dst, long offset) throws NbdException {
              dst.position(dst.position() + progress);
              throw new NbdException(NbdError.EIO, "torn");
            }
          };
      try (TestServer server = TestServer.serve(torn);
          RawNbdClient client = server.structured()) {
        client.request(0, Command.READ, COOKIE, 4096, 512);
        assertThat(client.chunk().type()).isEqualTo(0x8001);
      }
    }
  }
}
