package org.nbdcore.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.nbdcore.protocol.Command;
import org.nbdcore.protocol.CommandFlags;
import org.nbdcore.protocol.ReplyType;
import org.nbdcore.server.transmission.SparseReply;
import org.nbdcore.testkit.RawNbdClient;

/** Protocol, {@code NBD_REPLY_TYPE_OFFSET_HOLE}. */
final class SparseReadTest {

  private static final int BLOCK = HoleyDevice.BLOCK;
  private static final int SIZE = 4 << 20;
  private static final long COOKIE = 0x0123_4567_89ab_cdefL;

  private final byte[] contents = new byte[SIZE];
  private final HoleyDevice device;

  SparseReadTest() {
    new Random(5).nextBytes(contents);
    device = new HoleyDevice(SIZE, contents);
  }

  private static Bytes chunk(int flags, int type, int length) {
    return new Bytes().add(0x668e33ef, 4).add(flags, 2).add(type, 2).add(COOKIE, 8).add(length, 4);
  }

  private static Bytes hole(int flags, long offset, int length) {
    return chunk(flags, 2, 12).add(offset, 8).add(length, 4);
  }

  private Bytes data(int flags, int offset, int length) {
    byte[] bytes = new byte[length];
    device.memory.get(offset, bytes);
    return chunk(flags, 1, 8 + length).add(offset, 8).add(bytes);
  }

  private void assertAnswer(TestServer server, int flags, int offset, int length, Bytes... expected)
      throws Exception {
    Bytes all = new Bytes();
    for (Bytes chunk : expected) {
      all.add(chunk.array());
    }
    Bytes request = new Bytes();
    request.add(RawNbdClient.requestHeader(flags, Command.READ, COOKIE, offset, length).array());
    ChunkedAnswer.assertAnswer(server::structured, request, data(1, offset, length), all);
  }

  @Test
  void aReadOfAHoleIsOneChunkWithoutData() throws Exception {
    device.hole(0, 128);
    try (TestServer server = TestServer.serve(device)) {
      for (int flags : new int[] {0, CommandFlags.DF}) {
        assertAnswer(server, flags, 513, 100_000, hole(1, 513, 100_000));
      }
    }
  }

  @Test
  void dataAndHolesComeInOrderAndOnlyTheLastChunkHasTheDoneFlag() throws Exception {
    device.hole(8, 8);
    device.hole(60, 40);
    try (TestServer server = TestServer.serve(device)) {
      assertAnswer(
          server,
          0,
          0,
          80 * BLOCK,
          data(0, 0, 8 * BLOCK),
          hole(0, 8 * BLOCK, 8 * BLOCK),
          data(0, 16 * BLOCK, 44 * BLOCK),
          hole(1, 60 * BLOCK, 20 * BLOCK));
      assertAnswer(
          server,
          0,
          90 * BLOCK,
          70 * BLOCK,
          hole(0, 90 * BLOCK, 10 * BLOCK),
          data(1, 100 * BLOCK, 60 * BLOCK));
    }
  }

  @Test
  void dontFragmentSendsHolesBesideDataAsData() throws Exception {
    device.hole(8, 8);
    try (TestServer server = TestServer.serve(device);
        RawNbdClient client = server.structured()) {
      client.request(CommandFlags.DF, Command.READ, COOKIE, 0, 80 * BLOCK);
      byte[] expected = data(1, 0, 80 * BLOCK).array();
      assertThat(client.receive(expected.length)).isEqualTo(expected);
    }
  }

  @Test
  void holesTooShortForAChunkAreSentAsData() throws Exception {
    device.hole(8, 3);
    device.hole(20, 4);
    try (TestServer server = TestServer.serve(device)) {
      assertAnswer(
          server,
          0,
          0,
          64 * BLOCK,
          data(0, 0, 20 * BLOCK),
          hole(0, 20 * BLOCK, 4 * BLOCK),
          data(1, 24 * BLOCK, 40 * BLOCK));
      assertAnswer(
          server,
          0,
          0,
          33 * BLOCK - 1, // 4 KiB of it are a hole
          data(0, 0, 20 * BLOCK),
          hole(0, 20 * BLOCK, 4 * BLOCK),
          data(1, 24 * BLOCK, 9 * BLOCK - 1));
    }
  }

  @Test
  void simpleRepliesHaveNoHoles() throws Exception {
    device.hole(0, 64);
    try (TestServer server = TestServer.serve(device);
        RawNbdClient client = server.simple()) {
      client.request(0, Command.READ, COOKIE, 0, 64 * BLOCK);
      assertThat(client.simpleReply().error()).isZero();
      assertThat(client.receive(64 * BLOCK)).containsOnly(0);
    }
  }

  @Test
  void randomReadsOfRandomHolesBringEveryByteOnce() throws Exception {
    long seed = 20261122;
    Random random = new Random(seed);
    for (int i = 0; i < 300; i++) {
      device.hole(random.nextInt(SIZE / BLOCK - 20), 1 + random.nextInt(20));
    }
    try (TestServer server = TestServer.serve(device);
        RawNbdClient client = server.structured()) {
      for (int i = 0; i < 200; i++) {
        int offset = random.nextInt(SIZE - 1);
        int length = 1 + random.nextInt(Math.min(SIZE - offset, 1 << 20));
        client.request(0, Command.READ, i, offset, length);
        byte[] expected = new byte[length];
        device.memory.get(offset, expected);
        assertThat(assembled(client, i, offset, length))
            .as("seed %d, read %d: %d+%d", seed, i, offset, length)
            .isEqualTo(expected);
      }
    }
  }

  private static byte[] assembled(RawNbdClient client, long cookie, int offset, int length)
      throws Exception {
    byte[] all = new byte[length];
    Arrays.fill(all, (byte) 0x55);
    BitSet seen = new BitSet();
    RawNbdClient.Chunk chunk;
    do {
      chunk = client.chunk();
      assertThat(chunk.cookie()).isEqualTo(cookie);
      ByteBuffer payload = chunk.buffer();
      int at = (int) payload.getLong() - offset;
      boolean hole = chunk.type() == ReplyType.OFFSET_HOLE;
      int size = hole ? payload.getInt() : payload.remaining();
      if (hole) {
        assertThat(size).isGreaterThanOrEqualTo(SparseReply.SHORTEST);
        assertThat(payload.remaining()).isZero();
        Arrays.fill(all, at, at + size, (byte) 0);
      } else {
        assertThat(chunk.type()).isEqualTo(ReplyType.OFFSET_DATA);
        payload.get(all, at, size);
      }
      assertThat(seen.get(at, at + size).isEmpty()).as("bytes that come twice").isTrue();
      seen.set(at, at + size);
    } while ((chunk.flags() & ReplyType.FLAG_DONE) == 0);
    assertThat(seen.cardinality()).isEqualTo(length);
    return all;
  }
}
