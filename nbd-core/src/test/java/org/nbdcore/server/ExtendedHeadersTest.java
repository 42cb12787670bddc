package org.nbdcore.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nbdcore.protocol.Command;
import org.nbdcore.protocol.CommandFlags;
import org.nbdcore.protocol.Option;
import org.nbdcore.protocol.OptionReply;
import org.nbdcore.protocol.TransmissionFlags;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.ExtentSink;
import org.nbdcore.spi.FilterBlockDevice;
import org.nbdcore.spi.Flags;
import org.nbdcore.spi.NbdError;
import org.nbdcore.spi.NbdException;
import org.nbdcore.testkit.ModelDevice;
import org.nbdcore.testkit.OptionData;
import org.nbdcore.testkit.RawNbdClient;

/**
 * The 64-bit extension, byte by byte, as laid out in doc/proto.md on the branch {@code
 * extension-ext-header}.
 */
final class ExtendedHeadersTest {

  private static final int SIZE = 1 << 20;
  private static final long COOKIE = 0x1122_3344_5566_7788L;
  private static final int PAYLOAD = 1 << 5;

  private static TestServer serve(BlockDevice device) throws Exception {
    return TestServer.serve(TestPlugin.of(device), options -> options.extendedHeaders = true);
  }

  private static RawNbdClient negotiated(TestServer server) throws IOException {
    RawNbdClient client = server.negotiating();
    assertThat(client.negotiate(11, new byte[0]).get(0).type()).isEqualTo(OptionReply.ACK);
    return client;
  }

  private static RawNbdClient connect(TestServer server) throws IOException {
    RawNbdClient client = negotiated(server);
    client.metaContext("", "base:allocation");
    client.go("");
    return client;
  }

  private static Bytes request(int flags, int type, long offset, long length) {
    return new Bytes()
        .add(0x21e41c71, 4)
        .add(flags, 2)
        .add(type, 2)
        .add(COOKIE, 8)
        .add(offset, 8)
        .add(length, 8);
  }

  private static Bytes reply(int type, long offset, long length) {
    return chunk(1, type, offset, length);
  }

  private static Bytes chunk(int flags, int type, long offset, long length) {
    return new Bytes()
        .add(0x6e8a278c, 4)
        .add(flags, 2)
        .add(type, 2)
        .add(COOKIE, 8)
        .add(offset, 8)
        .add(length, 8);
  }

  private static Bytes error(int error, String message, long offset) {
    byte[] text = message.getBytes(StandardCharsets.UTF_8);
    return reply(0x8001, offset, 6 + text.length).add(error, 4).add(text.length, 2).add(text);
  }

  private static Bytes errorAt(int error, String message, long offset, long where) {
    byte[] text = message.getBytes(StandardCharsets.UTF_8);
    return reply(0x8002, offset, 14 + text.length)
        .add(error, 4)
        .add(text.length, 2)
        .add(text)
        .add(where, 8);
  }

  private static void assertAnswer(RawNbdClient client, Bytes asked, Bytes expected)
      throws Exception {
    client.send(asked.array());
    assertThat(client.receive(expected.size())).isEqualTo(expected.array());
  }

  @Test
  void everyReplyHasThirtyTwoBytesAndTheOffsetOfItsRequest() throws Exception {
    ModelDevice device = new ModelDevice(SIZE).fillRandomly(3);
    try (TestServer server = serve(device);
        RawNbdClient client = connect(server)) {
      for (int length : new int[] {1, 4096, 32_769, 300_000}) {
        byte[] data = Arrays.copyOfRange(device.contents(), 77, 77 + length);
        assertAnswer(
            client,
            request(0, Command.READ, 77, length),
            reply(1, 77, 8 + length).add(77, 8).add(data));
      }
      for (int length : new int[] {3, 4096, 200_000}) {
        byte[] data = new byte[length];
        Arrays.fill(data, (byte) length);
        assertAnswer(
            client, request(PAYLOAD, Command.WRITE, 512, length).add(data), reply(0, 512, 0));
        assertThat(Arrays.copyOfRange(device.contents(), 512, 512 + length)).isEqualTo(data);
      }
      assertAnswer(client, request(0, Command.FLUSH, 0, 0), reply(0, 0, 0));
      for (int command : new int[] {Command.TRIM, Command.CACHE, Command.WRITE_ZEROES}) {
        assertAnswer(client, request(0, command, 4096, 512), reply(0, 4096, 0));
      }
      client.send(request(0, Command.DISC, 0, 0).array());
      assertThat(client.closedByServer()).isTrue();
    }
  }

  @Test
  void holesAreChunksToo() throws Exception {
    HoleyDevice device = new HoleyDevice(SIZE, new byte[SIZE]);
    device.hole(0, 64);
    device.hole(72, 56);
    byte[] data = new byte[8192];
    Arrays.fill(data, (byte) 7);
    device.memory.put(65_536, data);
    try (TestServer server = serve(device)) {
      assertChunks(server, 0, new byte[65_536], reply(2, 0, 12).add(0, 8).add(65_536, 4));
      Bytes chunks =
          chunk(0, 2, 1024, 12)
              .add(1024, 8)
              .add(64_512, 4)
              .add(chunk(0, 1, 1024, 8200).add(65_536, 8).add(data).array())
              .add(reply(2, 1024, 12).add(73_728, 8).add(57_344, 4).array());
      byte[] all = new byte[130_048];
      System.arraycopy(data, 0, all, 65_536 - 1024, data.length);
      assertChunks(server, 1024, all, chunks);
    }
  }

  private static void assertChunks(TestServer server, int offset, byte[] data, Bytes expected)
      throws Exception {
    ChunkedAnswer.assertAnswer(
        () -> connect(server),
        request(0, Command.READ, offset, data.length),
        reply(1, offset, 8 + data.length).add(offset, 8).add(data),
        expected);
  }

  /** 2^44 bytes that nobody keeps. */
  private static BlockDevice huge() {
    return new FilterBlockDevice(new ModelDevice(SIZE)) {
      @Override
      public long size() {
        return 1L << 44;
      }

      @Override
      public void trim(long offset, long length, Flags flags) throws NbdException {
        throw new NbdException(NbdError.EIO, "trim " + length);
      }

      @Override
      public void zero(long offset, long length, Flags flags) throws NbdException {
        throw new NbdException(NbdError.EIO, "zero " + length);
      }

      @Override
      public void cache(long offset, long length) throws NbdException {
        throw new NbdException(NbdError.EIO, "cache " + length);
      }

      @Override
      public void extents(long offset, long length, Flags flags, ExtentSink sink) {
        sink.add(offset, 1L << 33, ExtentSink.HOLE | ExtentSink.ZERO);
        sink.add(offset + (1L << 33), length, ExtentSink.DATA);
      }
    };
  }

  @Test
  void rangesOfMoreThanFourGigabytesArriveWhole() throws Exception {
    try (TestServer server = serve(huge());
        RawNbdClient client = connect(server)) {
      long length = (5L << 32) + 512;
      String bytes = "21474836992";
      assertAnswer(client, request(0, Command.TRIM, 8, length), error(5, "trim " + bytes, 8));
      assertAnswer(
          client, request(0, Command.WRITE_ZEROES, 8, length), error(5, "zero " + bytes, 8));
      assertAnswer(client, request(0, Command.CACHE, 8, length), error(5, "cache " + bytes, 8));
      Bytes two =
          reply(6, 8, 8 + 2 * 16)
              .add(1, 4)
              .add(2, 4)
              .add(1L << 33, 8)
              .add(3, 8)
              .add(length, 8) // the device reports as much beyond the range
              .add(0, 8);
      assertAnswer(client, request(0, Command.BLOCK_STATUS, 8, length), two);
      assertAnswer(
          client,
          request(CommandFlags.REQ_ONE, Command.BLOCK_STATUS, 8, 1L << 43),
          reply(6, 8, 8 + 16).add(1, 4).add(1, 4).add(1L << 33, 8).add(3, 8));
      // the same with the context chosen once more
      assertAnswer(
          client, request(PAYLOAD, Command.BLOCK_STATUS, 8, 12).add(length, 8).add(1, 4), two);
    }
  }

  @Test
  void readsAndWritesKeepTheirLimits() throws Exception {
    try (TestServer server = serve(huge());
        RawNbdClient client = connect(server)) {
      assertAnswer(
          client,
          request(0, Command.READ, 0, 1L << 40),
          error(75, "the length 1099511627776 is over the maximum block size 67108864", 0));
      assertAnswer(
          client,
          request(0, Command.TRIM, 1, -1),
          errorAt(
              22,
              "the range 1+18446744073709551615 goes past the end of the disk at 17592186044416",
              1,
              1L << 44));
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {(1L << 26) + 1, 1L << 32, Long.MAX_VALUE, Long.MIN_VALUE, -1})
  void anAbsurdPayloadEndsTheConnection(long length) throws Exception {
    try (TestServer server = serve(huge())) {
      for (int flags : new int[] {PAYLOAD, 0}) {
        try (RawNbdClient client = connect(server)) {
          client.send(request(flags, Command.WRITE, 0, length).array());
          assertThat(client.closedByServer()).isTrue();
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 512, 4096, 131_041, 300_000})
  void aWriteBringsItsDataWithTheFlagOrWithout(int length) throws Exception {
    ModelDevice device = new ModelDevice(SIZE);
    byte[] data = new byte[length];
    new Random(length).nextBytes(data);
    try (TestServer server = serve(device)) {
      for (int client = 0; client < 2; client++) {
        try (RawNbdClient connection = connect(server)) {
          for (int flags : new int[] {PAYLOAD, 0, 0, PAYLOAD, CommandFlags.FUA}) {
            data[0]++;
            assertAnswer(
                connection,
                request(flags, Command.WRITE, 4096, length).add(data),
                reply(0, 4096, 0));
            assertThat(Arrays.copyOfRange(device.contents(), 4096, 4096 + length)).isEqualTo(data);
          }
          assertAnswer(connection, request(0, Command.FLUSH, 0, 0), reply(0, 0, 0));
        }
      }
      assertThat(server.log.lines()).as("warnings of what every QEMU does").isEmpty();
    }
  }

  @Test
  void theDataOfARefusedWriteWithoutTheFlagIsPassedOver() throws Exception {
    ModelDevice device = new ModelDevice(SIZE);
    try (TestServer server = serve(device);
        RawNbdClient client = connect(server)) {
      for (int length : new int[] {512, 300_000}) {
        assertAnswer(
            client,
            request(0, Command.WRITE, SIZE, length).add(new byte[length]),
            errorAt(
                28,
                "the range 1048576+" + length + " goes past the end of the disk at 1048576",
                SIZE,
                SIZE));
      }
      assertAnswer(client, request(0, Command.WRITE, 0, 0), error(22, "the length is 0", 0));
      assertAnswer(client, request(0, Command.FLUSH, 0, 0), reply(0, 0, 0));
    }
  }

  @Test
  void payloadsThatDoNotBelongThereArePassedOver() throws Exception {
    try (TestServer server = serve(new ModelDevice(SIZE));
        RawNbdClient client = connect(server)) {
      for (int command : new int[] {0, 3, 4, 5, 6, 99}) {
        assertAnswer(
            client,
            request(PAYLOAD, command, 0, 300_000).add(new byte[300_000]),
            error(
                22,
                command == 99
                    ? "there is no request type 99"
                    : "request type " + command + " takes no payload",
                0));
      }
      for (int length : new int[] {0, 8, 11, 13, 16, 200_000}) {
        assertAnswer(
            client,
            request(PAYLOAD, Command.BLOCK_STATUS, 0, length).add(new byte[length]),
            error(
                22,
                "the payload of a block status request must be a length and the IDs of contexts,"
                    + " 12 to 12 bytes, not "
                    + length,
                0));
      }
      assertAnswer(
          client,
          request(PAYLOAD, Command.BLOCK_STATUS, 0, 12).add(512, 8).add(2, 4),
          error(22, "no meta context has the number 2", 0));
      assertAnswer(client, request(0, Command.FLUSH, 0, 0), reply(0, 0, 0));
    }
  }

  @Test
  void aCompactRequestIsAViolation() throws Exception {
    try (TestServer server = serve(new ModelDevice(SIZE));
        RawNbdClient client = connect(server)) {
      client.request(0, Command.READ, 1, 0, 512);
      client.sendInt(0);
      assertThat(client.closedByServer()).isTrue();
    }
  }

  @Test
  void theFlagsSayWhatIsPossible() throws Exception {
    try (TestServer server = serve(new ModelDevice(SIZE))) {
      try (RawNbdClient client = negotiated(server)) {
        int flags = client.go("").flags();
        assertThat(flags & TransmissionFlags.SEND_DF).isNotZero();
        assertThat(flags & TransmissionFlags.BLOCK_STATUS_PAYLOAD).isZero(); // no context
        client.send(request(0, Command.BLOCK_STATUS, 0, 512).array());
        assertThat(client.receive(32)[6]).as("an error").isEqualTo((byte) 0x80);
      }
      try (RawNbdClient client = negotiated(server)) {
        client.metaContext("", "base:allocation");
        assertThat(client.go("").flags() & TransmissionFlags.BLOCK_STATUS_PAYLOAD).isNotZero();
      }
      try (RawNbdClient client = server.negotiating()) {
        client.structuredReplies();
        client.metaContext("", "base:allocation");
        assertThat(client.go("").flags() & TransmissionFlags.BLOCK_STATUS_PAYLOAD).isZero();
      }
    }
  }

  @Test
  void theOptionHasNoDataAndExcludesTheOlderOnes() throws Exception {
    try (TestServer server = serve(new ModelDevice(SIZE))) {
      try (RawNbdClient client = server.negotiating()) {
        assertThat(client.negotiate(Option.EXTENDED_HEADERS, new byte[1]).get(0).type())
            .isEqualTo(OptionReply.ERR_INVALID);
        client.structuredReplies();
        assertThat(client.negotiate(Option.EXTENDED_HEADERS, new byte[0]).get(0).type())
            .isEqualTo(OptionReply.ACK);
        assertThat(client.negotiate(Option.STRUCTURED_REPLY, new byte[0]).get(0).type())
            .isEqualTo(OptionReply.ERR_EXT_HEADER_REQD);
        client.option(Option.EXPORT_NAME, new byte[0]);
        assertThat(client.closedByServer()).isTrue();
      }
      try (RawNbdClient client = negotiated(server)) {
        byte[] data = OptionData.metaContexts("", "base:allocation");
        assertThat(client.negotiate(Option.LIST_META_CONTEXT, data).get(0).type())
            .isEqualTo(OptionReply.META_CONTEXT);
      }
    }
  }

  @Test
  void readsThatAreLeftToWorkersLookTheSame() throws Exception {
    ModelDevice device = new ModelDevice(SIZE).fillRandomly(9);
    BlockDevice slow =
        new FilterBlockDevice(device) {
          @Override
          public void read(ByteBuffer dst, long offset) throws IOException {
            long end = System.nanoTime() + 3_000_000;
            while (System.nanoTime() < end) {
              Thread.onSpinWait(); // longer than a tick of the monitor, so that it is overtaken
            }
            super.read(dst, offset);
          }
        };
    try (TestServer server = serve(slow);
        RawNbdClient client = connect(server)) {
      for (int i = 0; i < 20; i++) {
        int length = i % 2 == 0 ? 4096 : 100_000;
        byte[] data = Arrays.copyOfRange(device.contents(), i, i + length);
        assertAnswer(
            client,
            request(0, Command.READ, i, length),
            reply(1, i, 8 + length).add(i, 8).add(data));
      }
    }
  }
}
