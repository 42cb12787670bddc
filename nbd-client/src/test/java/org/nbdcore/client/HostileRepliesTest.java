package org.nbdcore.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.nbdcore.client.fake.Bytes;
import org.nbdcore.client.fake.Peer;
import org.nbdcore.client.fake.ScriptedServer;
import org.nbdcore.protocol.ReplyType;
import org.nbdcore.spi.Flags;

/**
 * Replies that violate the protocol end the connection, and write no byte outside the caller's
 * buffer.
 */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class HostileRepliesTest {

  private static final int DONE = ReplyType.FLAG_DONE;
  private static final byte[] NOTHING = new byte[0];

  /** Answers a request with an invalid reply. */
  private interface Answer {
    void answer(Peer peer, long cookie) throws Exception;
  }

  private static Arguments answer(String name, String reason, Answer answer) {
    return Arguments.of(name, reason, answer);
  }

  private static byte[] data(long offset, int length) {
    return new Bytes().u64(offset).raw(new byte[length]).get();
  }

  private static byte[] hole(long offset, long length) {
    return new Bytes().u64(offset).u32(length).get();
  }

  /** For a read of 100 bytes at 1000. */
  static Stream<Arguments> answersToRead() {
    return Stream.of(
        answer("magic", "begins with 0x12345678", (p, c) -> p.out.writeInt(0x12345678)),
        answer("cookie", "unknown", (p, c) -> p.chunk(DONE, ReplyType.NONE, c + 1, NOTHING)),
        answer(
            "cookie of a free slot",
            "unknown",
            (p, c) -> p.chunk(DONE, ReplyType.NONE, c + 15, NOTHING)),
        answer("simple", "simple reply", (p, c) -> p.simple(c, 0, new byte[100])),
        answer(
            "before",
            "for offset 999",
            (p, c) -> p.chunk(0, ReplyType.OFFSET_DATA, c, data(999, 5))),
        answer(
            "after",
            "6 bytes of content for offset 1095",
            (p, c) -> p.chunk(0, ReplyType.OFFSET_DATA, c, data(1095, 6))),
        answer(
            "far away",
            "content for offset",
            (p, c) -> p.chunk(0, ReplyType.OFFSET_DATA, c, data(Long.MIN_VALUE, 6))),
        answer(
            "huge",
            "4294967287 bytes of content",
            (p, c) -> {
              p.chunkHeader(0, ReplyType.OFFSET_DATA, c, -1);
              p.out.writeLong(1000);
            }),
        answer(
            "short chunk",
            "does not belong there",
            (p, c) -> p.chunk(0, ReplyType.OFFSET_DATA, c, new byte[8])),
        answer(
            "hole too long",
            "101 bytes of content",
            (p, c) -> p.chunk(0, ReplyType.OFFSET_HOLE, c, hole(1000, 101))),
        answer(
            "hole of nothing",
            "0 bytes of content",
            (p, c) -> p.chunk(0, ReplyType.OFFSET_HOLE, c, hole(1000, 0))),
        answer(
            "hole of wrong length",
            "instead of 12",
            (p, c) -> p.chunk(0, ReplyType.OFFSET_HOLE, c, new byte[13])),
        answer(
            "twice",
            "the same bytes twice, at 1010",
            (p, c) -> {
              p.chunk(0, ReplyType.OFFSET_DATA, c, data(1000, 50));
              p.chunk(0, ReplyType.OFFSET_HOLE, c, hole(1010, 10));
            }),
        answer(
            "twice, not in order",
            "the same bytes twice, at 1040",
            (p, c) -> {
              p.chunk(0, ReplyType.OFFSET_DATA, c, data(1050, 50));
              p.chunk(0, ReplyType.OFFSET_HOLE, c, hole(1040, 11));
            }),
        answer(
            "half",
            "only a part of the data",
            (p, c) -> p.chunk(DONE, ReplyType.OFFSET_DATA, c, data(1000, 99))),
        answer(
            "nothing",
            "only a part of the data",
            (p, c) -> p.chunk(DONE, ReplyType.NONE, c, NOTHING)),
        answer(
            "an end that is none",
            "not the last",
            (p, c) -> p.chunk(0, ReplyType.NONE, c, NOTHING)),
        answer(
            "status",
            "does not belong there",
            (p, c) -> p.chunk(DONE, ReplyType.BLOCK_STATUS, c, new byte[12])),
        answer("unknown type", "type 77", (p, c) -> p.chunk(DONE, 77, c, NOTHING)),
        answer("short error", "length 5", (p, c) -> p.chunk(DONE, ReplyType.ERROR, c, new byte[5])),
        answer(
            "long error",
            "length 2147483647",
            (p, c) -> p.chunkHeader(DONE, ReplyType.ERROR, c, Integer.MAX_VALUE)),
        answer(
            "long message",
            "message of 5000 bytes",
            (p, c) ->
                p.chunk(
                    DONE,
                    ReplyType.ERROR,
                    c,
                    new Bytes().u32(5).u16(5000).raw(new byte[5000]).get())),
        answer(
            "message longer than its chunk",
            "message of 10 bytes",
            (p, c) ->
                p.chunk(
                    DONE, ReplyType.ERROR, c, new Bytes().u32(5).u16(10).raw(new byte[9]).get())));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("answersToRead")
  void anInvalidReplyFailsTheReadAndTheConnection(String name, String reason, Answer answer)
      throws Exception {
    ByteBuffer buffer = ByteBuffer.allocate(300);
    for (int i = 0; i < 300; i++) {
      buffer.put(i, (byte) 7);
    }
    try (ScriptedServer server = new ScriptedServer(script(answer));
        NbdClient client = NbdClient.connect(server.uri())) {
      assertThatThrownBy(() -> client.read(buffer.limit(200).position(100), 1000))
          .hasMessageContaining("the server broke the protocol")
          .hasMessageContaining(reason)
          .isInstanceOfSatisfying(
              NbdClientException.class, e -> assertThat(e.connectionLost()).isTrue());
      for (int i = 0; i < 100; i++) {
        assertThat(buffer.get(i)).isEqualTo((byte) 7);
        assertThat(buffer.array()[200 + i]).isEqualTo((byte) 7);
      }
      assertThatThrownBy(() -> client.read(buffer.clear().limit(1), 0))
          .hasMessageContaining("the server broke the protocol");
    }
  }

  static Stream<Arguments> answersToBlockStatus() {
    return Stream.of(
        answer("simple", "simple reply", (p, c) -> p.simple(c, 0, NOTHING)),
        answer("none", "got no extents", (p, c) -> p.chunk(DONE, ReplyType.NONE, c, NOTHING)),
        answer(
            "no extent",
            "does not belong there",
            (p, c) -> p.chunk(DONE, ReplyType.BLOCK_STATUS, c, new byte[4])),
        answer(
            "half an extent",
            "does not belong there",
            (p, c) -> p.chunk(DONE, ReplyType.BLOCK_STATUS, c, new byte[16])),
        answer(
            "too many",
            "got 1048577 extents",
            (p, c) -> p.chunkHeader(DONE, ReplyType.BLOCK_STATUS, c, 4 + 8 * 1048577)),
        answer(
            "length 0",
            "extent of length 0",
            (p, c) ->
                p.chunk(DONE, ReplyType.BLOCK_STATUS, c, new Bytes().u32(1).u32(0).u32(0).get())),
        answer(
            "unknown context",
            "meta context number 2",
            (p, c) ->
                p.chunk(DONE, ReplyType.BLOCK_STATUS, c, new Bytes().u32(2).u32(1).u32(0).get())),
        answer(
            "a context twice",
            "for the second time",
            (p, c) -> {
              byte[] extent = new Bytes().u32(1).u32(1).u32(0).get();
              p.chunk(0, ReplyType.BLOCK_STATUS, c, extent);
              p.chunk(DONE, ReplyType.BLOCK_STATUS, c, extent);
            }));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("answersToBlockStatus")
  void anInvalidReplyFailsBlockStatusAndTheConnection(String name, String reason, Answer answer)
      throws Exception {
    try (ScriptedServer server = new ScriptedServer(script(answer));
        NbdClient client = NbdClient.connect(server.uri())) {
      assertThatThrownBy(() -> client.blockStatus(0, 100, Flags.NONE, (c, o, l, f) -> {}))
          .hasMessageContaining("the server broke the protocol")
          .hasMessageContaining(reason);
    }
  }

  @Test
  void severalExtentsInReplyToReqOneAreRefused() throws Exception {
    Answer two =
        (p, c) ->
            p.chunk(
                DONE,
                ReplyType.BLOCK_STATUS,
                c,
                new Bytes().u32(1).u32(1).u32(0).u32(1).u32(0).get());
    try (ScriptedServer server = new ScriptedServer(script(two));
        NbdClient client = NbdClient.connect(server.uri())) {
      assertThatThrownBy(() -> client.blockStatus(0, 100, Flags.REQ_ONE, (c, o, l, f) -> {}))
          .hasMessageContaining("got 2 extents");
    }
  }

  @Test
  void errorChunksOfUnknownTypeFailOnlyTheRequest() throws Exception {
    ScriptedServer.Script script =
        peer -> {
          peer.handshake(1 << 20);
          long cookie = peer.readRequest().cookie();
          byte[] payload = new Bytes().u32(28).u16(9).text("full\u001b[2J").raw(new byte[20]).get();
          peer.chunk(0, ReplyType.OFFSET_DATA, cookie, data(1000, 100));
          peer.chunk(0, 0x8123, cookie, payload);
          peer.error(cookie, 5, "the first error counts");
          peer.simple(peer.readRequest().cookie(), 0, NOTHING);
          peer.readRequest();
        };
    try (ScriptedServer server = new ScriptedServer(script);
        NbdClient client = NbdClient.connect(server.uri())) {
      assertThatThrownBy(() -> client.read(ByteBuffer.allocate(100), 1000))
          .hasMessage(
              "read of 100 bytes at offset 1000: no space left on device (ENOSPC):"
                  + " full\ufffd[2J\ufffd");
      client.flush();
    }
  }

  private static ScriptedServer.Script script(Answer answer) {
    return peer -> {
      peer.handshake(1 << 20);
      answer.answer(peer, peer.readRequest().cookie());
      peer.out.flush();
      // The client closes the connection.
      assertThat(peer.in.read()).isEqualTo(-1);
    };
  }
}
