package org.nbdcore.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nbdcore.protocol.Command;
import org.nbdcore.protocol.CommandFlags;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.ExtentSink;
import org.nbdcore.spi.FilterBlockDevice;
import org.nbdcore.spi.Flags;
import org.nbdcore.spi.NbdError;
import org.nbdcore.spi.NbdException;
import org.nbdcore.testkit.ModelDevice;
import org.nbdcore.testkit.RawNbdClient;

/** Protocol, "Simple reply message" and "Structured reply chunk message", byte by byte. */
final class RepliesTest {

  private static final long COOKIE = 0xfedc_ba98_7654_3210L;
  private static final int SIZE = 1 << 20;

  private static Bytes simple(int error) {
    return new Bytes().add(0x67446698, 4).add(error, 4).add(COOKIE, 8);
  }

  private static Bytes chunk(int type, int length) {
    return new Bytes().add(0x668e33ef, 4).add(1, 2).add(type, 2).add(COOKIE, 8).add(length, 4);
  }

  private static Bytes error(int error, String message) {
    byte[] text = message.getBytes(StandardCharsets.UTF_8);
    return chunk(0x8001, 6 + text.length).add(error, 4).add(text.length, 2).add(text);
  }

  private static void assertAnswer(RawNbdClient client, Bytes expected) throws Exception {
    assertThat(client.receive(expected.size())).isEqualTo(expected.array());
  }

  private static BlockDevice failing(NbdError error, String message) {
    return new FilterBlockDevice(new ModelDevice(SIZE)) {
      private NbdException failure() {
        return new NbdException(error, message);
      }

      @Override
      public void read(ByteBuffer dst, long offset) throws NbdException {
        throw failure();
      }

      @Override
      public void write(ByteBuffer src, long offset, Flags flags) throws NbdException {
        throw failure();
      }

      @Override
      public void zero(long offset, long length, Flags flags) throws NbdException {
        throw failure();
      }
    };
  }

  @Test
  void simpleRepliesAreSixteenBytesAndTheData() throws Exception {
    ModelDevice device = new ModelDevice(SIZE).fillRandomly(1);
    try (TestServer server = TestServer.serve(device);
        RawNbdClient client = server.simple()) {
      for (int length : new int[] {1, 512, 32768, 32769, 300_000}) {
        client.request(0, Command.READ, COOKIE, 77, length);
        byte[] data = Arrays.copyOfRange(device.contents(), 77, 77 + length);
        assertAnswer(client, simple(0).add(data));
      }
      client.request(0, Command.WRITE, COOKIE, 5, new byte[] {1, 2, 3});
      assertAnswer(client, simple(0));
      assertThat(Arrays.copyOfRange(device.contents(), 5, 8)).containsExactly(1, 2, 3);
      for (int command :
          new int[] {Command.TRIM, Command.CACHE, Command.WRITE_ZEROES, Command.FLUSH}) {
        client.request(0, command, COOKIE, 0, command == Command.FLUSH ? 0 : 512);
        assertAnswer(client, simple(0));
      }
    }
  }

  @Test
  void simpleErrorRepliesContainOnlyTheErrorNumber() throws Exception {
    try (TestServer server = TestServer.serve(failing(NbdError.ENOMEM, "no memory left"));
        RawNbdClient client = server.simple()) {
      client.request(0, Command.READ, COOKIE, 0, 512);
      assertAnswer(client, simple(12));
      client.request(0, Command.READ, COOKIE, 0, 100_000);
      assertAnswer(client, simple(12));
      client.request(0, Command.WRITE, COOKIE, 0, new byte[512]);
      assertAnswer(client, simple(12));
      client.request(0, 99, COOKIE, 0, 0);
      assertAnswer(client, simple(22));
    }
  }

  @Test
  void structuredReadsAreOneChunkWithTheOffset() throws Exception {
    ModelDevice device = new ModelDevice(SIZE).fillRandomly(2);
    try (TestServer server = TestServer.serve(device);
        RawNbdClient client = server.structured()) {
      for (int length : new int[] {1, 512, 32768, 32769, 300_000}) {
        for (int flags : new int[] {0, CommandFlags.DF}) {
          client.request(flags, Command.READ, COOKIE, 4097, length);
          byte[] data = Arrays.copyOfRange(device.contents(), 4097, 4097 + length);
          assertAnswer(client, chunk(1, 8 + length).add(4097, 8).add(data));
        }
      }
    }
  }

  @Test
  void structuredErrorsCarryTheMessage() throws Exception {
    try (TestServer server = TestServer.serve(failing(NbdError.ENOSPC, "the store is füll"));
        RawNbdClient client = server.structured()) {
      client.request(0, Command.READ, COOKIE, 0, 512);
      assertAnswer(client, error(28, "the store is füll"));
      client.request(0, Command.READ, COOKIE, 0, 100_000);
      assertAnswer(client, error(28, "the store is füll"));
      client.request(0, Command.WRITE, COOKIE, 0, new byte[512]);
      assertAnswer(client, error(28, "the store is füll"));
      client.request(0, 99, COOKIE, 0, 0);
      assertAnswer(client, error(22, "there is no request type 99"));
    }
  }

  @Test
  void longMessagesAreTruncatedAtACharacter() throws Exception {
    try (TestServer server = TestServer.serve(failing(NbdError.EIO, "€".repeat(4000)));
        RawNbdClient client = server.structured()) {
      for (int length : new int[] {512, 100_000}) {
        client.request(0, Command.READ, COOKIE, 0, length);
        assertAnswer(client, error(5, "€".repeat(1365)));
      }
    }
    try (TestServer server = TestServer.serve(failing(NbdError.EIO, "a".repeat(4096)));
        RawNbdClient client = server.structured()) {
      client.request(0, Command.READ, COOKIE, 0, 512);
      assertAnswer(client, error(5, "a".repeat(4096)));
    }
  }

  @Test
  void aFailureWithoutAMessageIsNamedByItsClass() throws Exception {
    try (TestServer server = TestServer.serve(failing(NbdError.EIO, null));
        RawNbdClient client = server.structured()) {
      client.request(0, Command.READ, COOKIE, 0, 512);
      assertAnswer(client, error(5, "NbdException"));
    }
  }

  @Test
  void enotsupIsSentForFastZeroesOnly() throws Exception {
    try (TestServer server = TestServer.serve(failing(NbdError.ENOTSUP, "slow"));
        RawNbdClient client = server.structured()) {
      client.request(CommandFlags.FAST_ZERO, Command.WRITE_ZEROES, COOKIE, 0, 512);
      assertAnswer(client, error(95, "slow"));
      client.request(0, Command.WRITE_ZEROES, COOKIE, 0, 512);
      assertAnswer(client, error(22, "slow"));
      client.request(0, Command.READ, COOKIE, 0, 512);
      assertAnswer(client, error(22, "slow"));
    }
  }

  @Test
  void blockStatusListsLengthsAndStates() throws Exception {
    ModelDevice device = new ModelDevice(SIZE); // unallocated zeroes
    try (TestServer server = TestServer.serve(device);
        RawNbdClient client = server.structured()) {
      client.request(0, Command.WRITE, COOKIE, 4096, new byte[4096]);
      assertAnswer(client, simple(0));
      client.request(CommandFlags.NO_HOLE, Command.WRITE_ZEROES, COOKIE, 8192, 100);
      assertAnswer(client, simple(0));
      client.request(0, Command.BLOCK_STATUS, COOKIE, 96, 16384);
      assertAnswer(
          client,
          chunk(5, 4 + 4 * 8)
              .add(1, 4)
              .add(4000, 4)
              .add(3, 4)
              .add(4096, 4)
              .add(0, 4)
              .add(100, 4)
              .add(2, 4)
              .add(SIZE - 8292, 4) // up to the end of the extent, beyond the range
              .add(3, 4));
      client.request(0, Command.BLOCK_STATUS, COOKIE, 4096, 10);
      assertAnswer(client, chunk(5, 12).add(1, 4).add(4096, 4).add(0, 4));
      client.request(CommandFlags.REQ_ONE, Command.BLOCK_STATUS, COOKIE, 96, 16384);
      assertAnswer(client, chunk(5, 12).add(1, 4).add(4000, 4).add(3, 4));
      client.request(CommandFlags.REQ_ONE, Command.BLOCK_STATUS, COOKIE, 96, 50);
      assertAnswer(client, chunk(5, 12).add(1, 4).add(50, 4).add(3, 4));
    }
  }

  @Test
  void blockStatusOfManyExtentsStopsAtAMaximum() throws Exception {
    BlockDevice striped =
        new FilterBlockDevice(new ModelDevice(SIZE)) {
          @Override
          public void extents(long offset, long length, Flags flags, ExtentSink sink) {
            for (long at = offset; sink.add(at, 1, (int) (at & 1)); at++) {
              // until it is full
            }
          }
        };
    try (TestServer server = TestServer.serve(striped);
        RawNbdClient client = server.structured()) {
      client.request(0, Command.BLOCK_STATUS, COOKIE, 0, SIZE);
      Bytes expected = chunk(5, 4 + 65536 * 8).add(1, 4);
      for (int i = 0; i < 65536; i++) {
        expected.add(1, 4).add(i & 1, 4);
      }
      assertAnswer(client, expected);
      client.request(0, Command.BLOCK_STATUS, COOKIE, SIZE - 20_000, 20_000); // over one batch
      assertThat(client.chunk().payload()).hasSize(4 + 20_000 * 8);
    }
  }

  /** A client continues where a reply ends, so the end must be aligned. */
  @ParameterizedTest
  @CsvSource({
    "0, 0xffffffff, 0xffff0000",
    "0, 0xffff0001, 0xffff0000",
    "0, 0xffff0000, 0xffff0000",
    "0, 512, 0xffff0000",
    "0x1000, 0x10000, 0xffff0000",
    "0x100000000, 512, 0x40000000",
  })
  void theTotalLengthOfACompactBlockStatusReplyIsAligned(
      String at, String requested, String expected) throws Exception {
    BlockDevice hole =
        new FilterBlockDevice(new ModelDevice(SIZE)) {
          @Override
          public long size() {
            return 5L << 30;
          }

          @Override
          public void extents(long offset, long length, Flags flags, ExtentSink sink) {
            sink.add(0, 5L << 30, ExtentSink.HOLE);
          }
        };
    try (TestServer server = TestServer.serve(hole);
        RawNbdClient client = server.structured()) {
      client.request(0, Command.BLOCK_STATUS, COOKIE, Long.decode(at), Long.decode(requested));
      assertAnswer(client, chunk(5, 12).add(1, 4).add(Long.decode(expected), 4).add(1, 4));
    }
  }

  @Test
  void aDeviceThatReportsNoExtentsIsAnError() throws Exception {
    BlockDevice silent =
        new FilterBlockDevice(new ModelDevice(SIZE)) {
          @Override
          public void extents(long offset, long length, Flags flags, ExtentSink sink) {}
        };
    try (TestServer server = TestServer.serve(silent);
        RawNbdClient client = server.structured()) {
      client.request(0, Command.BLOCK_STATUS, COOKIE, 0, SIZE);
      assertAnswer(client, error(5, "the disk reported no extents for base:allocation"));
    }
  }
}
