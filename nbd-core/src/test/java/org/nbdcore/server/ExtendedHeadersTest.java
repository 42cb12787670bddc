package org.nbdcore.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.nbdcore.server.ExtendedMessages.PAYLOAD;
import static org.nbdcore.server.ExtendedMessages.SIZE;
import static org.nbdcore.server.ExtendedMessages.assertAnswer;
import static org.nbdcore.server.ExtendedMessages.chunk;
import static org.nbdcore.server.ExtendedMessages.connect;
import static org.nbdcore.server.ExtendedMessages.error;
import static org.nbdcore.server.ExtendedMessages.errorAt;
import static org.nbdcore.server.ExtendedMessages.huge;
import static org.nbdcore.server.ExtendedMessages.negotiated;
import static org.nbdcore.server.ExtendedMessages.reply;
import static org.nbdcore.server.ExtendedMessages.request;
import static org.nbdcore.server.ExtendedMessages.serve;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.nbdcore.protocol.Command;
import org.nbdcore.protocol.CommandFlags;
import org.nbdcore.protocol.Option;
import org.nbdcore.protocol.OptionReply;
import org.nbdcore.protocol.TransmissionFlags;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.FilterBlockDevice;
import org.nbdcore.testkit.ModelDevice;
import org.nbdcore.testkit.OptionData;
import org.nbdcore.testkit.RawNbdClient;

/**
 * The 64-bit extension, byte by byte, as laid out in doc/proto.md on the branch {@code
 * extension-ext-header}.
 */
final class ExtendedHeadersTest {

  @Test
  void everyReplyHasA32ByteHeaderWithTheRequestsOffset() throws Exception {
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
  void holesAreSentAsHoleChunks() throws Exception {
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

  @Test
  void rangesOfMoreThanFourGigabytesReachTheDeviceUnsplit() throws Exception {
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
  void tooLongReadsAndRangesPastTheEndAreRefused() throws Exception {
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

  @Test
  void aCompactRequestEndsTheConnection() throws Exception {
    try (TestServer server = serve(new ModelDevice(SIZE));
        RawNbdClient client = connect(server)) {
      client.request(0, Command.READ, 1, 0, 512);
      client.sendInt(0);
      assertThat(client.closedByServer()).isTrue();
    }
  }

  @Test
  void blockStatusPayloadIsOfferedOnlyWithExtendedHeadersAndAContext() throws Exception {
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
  void theOptionRefusesDataAndExcludesTheOlderOptions() throws Exception {
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
  void readsExecutedByWorkersGetTheSameReplies() throws Exception {
    ModelDevice device = new ModelDevice(SIZE).fillRandomly(9);
    BlockDevice slow =
        new FilterBlockDevice(device) {
          @Override
          public void read(ByteBuffer dst, long offset) throws IOException {
            long end = System.nanoTime() + 3_000_000;
            while (System.nanoTime() < end) {
              Thread.onSpinWait(); // long enough for another receiver to take over
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
