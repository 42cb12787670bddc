package org.nbdcore.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nbdcore.client.fake.MemoryExport;
import org.nbdcore.client.fake.Peer;
import org.nbdcore.client.fake.ScriptedServer;
import org.nbdcore.protocol.Command;
import org.nbdcore.protocol.ErrorValue;
import org.nbdcore.protocol.TransmissionFlags;
import org.nbdcore.spi.Flags;

@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class NbdClientTest {

  private static final int SIZE = 300_000;

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void readsOfAnyLengthReturnWhatWasWritten(boolean structured) throws Exception {
    long seed = 42;
    Random random = new Random(seed);
    MemoryExport export = new MemoryExport(SIZE);
    export.structured = structured;
    byte[] model = new byte[SIZE];
    try (ScriptedServer server = new ScriptedServer(export);
        NbdClient client = NbdClient.connect(server.uri())) {
      assertThat(client.structuredReplies()).isEqualTo(structured);
      for (int round = 0; round < 300; round++) {
        int offset = random.nextInt(SIZE);
        int length = random.nextInt(Math.min(40_000, SIZE - offset) + 1);
        boolean direct = random.nextBoolean();
        ByteBuffer buffer = direct ? ByteBuffer.allocateDirect(SIZE) : ByteBuffer.allocate(SIZE);
        int start = random.nextInt(SIZE - length);
        buffer.position(start).limit(start + length);
        if (random.nextBoolean()) {
          byte[] data = new byte[length];
          random.nextBytes(data);
          System.arraycopy(data, 0, model, offset, length);
          client.write(buffer.put(data).position(start), offset);
        } else {
          client.read(buffer, offset);
          byte[] data = new byte[length];
          buffer.get(start, data);
          assertThat(data)
              .as("seed %d, round %d, %d bytes at %d", seed, round, length, offset)
              .isEqualTo(Arrays.copyOfRange(model, offset, offset + length));
          assertThat(buffer.limit(SIZE).get(start + length)).isZero();
          buffer.limit(start + length);
        }
        assertThat(buffer.position()).isEqualTo(start + length);
      }
    }
  }

  @Test
  void severalThreadsShareOneConnection() throws Exception {
    MemoryExport export = new MemoryExport(SIZE);
    new Random(7).nextBytes(export.disk);
    List<Throwable> failures = new ArrayList<>();
    try (ScriptedServer server = new ScriptedServer(export);
        NbdClient client = NbdClient.connect(server.uri())) {
      List<Thread> threads = new ArrayList<>();
      for (int i = 0; i < 20; i++) {
        Random random = new Random(i);
        Thread thread =
            new Thread(
                () -> {
                  try {
                    for (int round = 0; round < 100; round++) {
                      int offset = random.nextInt(SIZE);
                      int length = 1 + random.nextInt(Math.min(20_000, SIZE - offset));
                      byte[] data = new byte[length];
                      client.read(ByteBuffer.wrap(data), offset);
                      assertThat(data)
                          .isEqualTo(Arrays.copyOfRange(export.disk, offset, offset + length));
                    }
                  } catch (Throwable e) {
                    synchronized (failures) {
                      failures.add(e);
                    }
                  }
                });
        threads.add(thread);
        thread.start();
      }
      for (Thread thread : threads) {
        thread.join();
      }
      assertThat(failures).isEmpty();
      assertThat(server.connections()).isEqualTo(1);
    }
  }

  @Test
  void commandsCarryTheirFlagsAndRanges() throws Exception {
    MemoryExport export = new MemoryExport(SIZE);
    try (ScriptedServer server = new ScriptedServer(export)) {
      try (NbdClient client = NbdClient.connect(server.uri())) {
        client.write(ByteBuffer.allocate(10), 5, Flags.FUA);
        client.readUnfragmented(ByteBuffer.allocate(10), 6);
        client.flush();
        client.trim(7, 70, Flags.FUA);
        client.zero(8, 80, Flags.FAST_ZERO);
        client.cache(9, 90);
        client.blockStatus(10, 100, Flags.REQ_ONE, (context, offset, length, flags) -> {});
        client.read(ByteBuffer.allocate(0), 0);
      }
      List<String> seen = new ArrayList<>();
      export.awaitRequests(8);
      for (Peer.Request request : export.requests) {
        seen.add(
            Command.name(request.command())
                + " "
                + request.flags()
                + " "
                + request.offset()
                + "+"
                + request.length());
      }
      assertThat(seen)
          .containsExactly(
              "WRITE 1 5+10",
              "READ 4 6+10",
              "FLUSH 0 0+0",
              "TRIM 1 7+70",
              "WRITE_ZEROES 18 8+80",
              "CACHE 0 9+90",
              "BLOCK_STATUS 8 10+100",
              "DISC 0 0+0");
    }
  }

  @Test
  void aLongZeroIsSplitIntoSeveralRequests() throws Exception {
    MemoryExport export = new MemoryExport(0);
    export.size = 10L << 30;
    try (ScriptedServer server = new ScriptedServer(export);
        NbdClient client = NbdClient.connect(server.uri())) {
      client.zero(512, (10L << 30) - 512, Flags.MAY_TRIM);
      long next = 512;
      for (Peer.Request request : export.requests) {
        assertThat(request.offset()).isEqualTo(next);
        assertThat(request.length() % 65536).isIn(0L, 65024L);
        next += request.length();
      }
      assertThat(next).isEqualTo(10L << 30);
      assertThat(export.requests).hasSize(3);
    }
  }

  @Test
  void blockStatusReportsExtentsUpToTheEndOfTheExport() throws Exception {
    MemoryExport export = new MemoryExport(10_000);
    export.disk[3000] = 1;
    try (ScriptedServer server = new ScriptedServer(export);
        NbdClient client = NbdClient.connect(server.uri())) {
      List<String> extents = new ArrayList<>();
      client.blockStatus(
          100,
          5000,
          Flags.NONE,
          (context, offset, length, flags) ->
              extents.add(context + " " + offset + "+" + length + " " + flags));
      assertThat(extents)
          .containsExactly(
              "base:allocation 100+2460 3",
              "base:allocation 2560+512 0",
              "base:allocation 3072+6928 3");
    }
  }

  @Test
  void requestsThatTheServerWouldRefuseAreNotSent() throws Exception {
    MemoryExport export = new MemoryExport(1 << 20);
    export.flags = TransmissionFlags.HAS_FLAGS;
    export.blockSizes = new int[] {512, 4096, 65536};
    export.listsContexts = false;
    ByteBuffer block = ByteBuffer.allocate(512);
    try (ScriptedServer server = new ScriptedServer(export);
        NbdClient client = NbdClient.connect(server.uri())) {
      assertThat(client.maximumPayload()).isEqualTo(65536);
      assertRefused(() -> client.read(block, 1 << 20), ErrorValue.EINVAL, "has 1048576 bytes");
      assertRefused(() -> client.write(block, -512), ErrorValue.ENOSPC, "write of 512 bytes");
      assertRefused(() -> client.read(block, 100), ErrorValue.EINVAL, "multiples of 512");
      assertRefused(
          () -> client.read(ByteBuffer.allocate(65536 + 512), 0),
          ErrorValue.EINVAL,
          "at most 65536 bytes");
      assertRefused(() -> client.write(block, 0, Flags.FUA), ErrorValue.ENOTSUP, "flag FUA");
      assertRefused(() -> client.readUnfragmented(block, 0), ErrorValue.ENOTSUP, "flag DF");
      assertRefused(client::flush, ErrorValue.ENOTSUP, "flush: operation not supported");
      assertRefused(() -> client.trim(0, 512, Flags.NONE), ErrorValue.ENOTSUP, "does not offer it");
      assertRefused(
          () -> client.zero(0, 512, Flags.MAY_TRIM), ErrorValue.ENOTSUP, "does not offer it");
      assertRefused(() -> client.cache(0, 512), ErrorValue.ENOTSUP, "does not offer it");
      assertRefused(
          () -> client.blockStatus(0, 512, Flags.NONE, (c, o, l, f) -> {}),
          ErrorValue.ENOTSUP,
          "no meta context");
      assertThatThrownBy(() -> client.write(block, 0, Flags.REQ_ONE))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("takes the flags fua, not req-one");
      assertThatThrownBy(() -> client.read(block.asReadOnlyBuffer(), 0))
          .isInstanceOf(IllegalArgumentException.class);
      assertThat(block.position()).isZero();
      client.read(block, 512);
      assertThat(export.requests).hasSize(1);
    }
  }

  @Test
  void readOnlyExportsAreNotWritten() throws Exception {
    MemoryExport export = new MemoryExport(4096);
    export.flags |= TransmissionFlags.READ_ONLY;
    try (ScriptedServer server = new ScriptedServer(export);
        NbdClient client = NbdClient.connect(server.uri())) {
      assertRefused(() -> client.write(ByteBuffer.allocate(1), 0), ErrorValue.EPERM, "read-only");
      assertRefused(() -> client.zero(0, 1, Flags.MAY_TRIM), ErrorValue.EPERM, "read-only");
      assertRefused(() -> client.trim(0, 1, Flags.NONE), ErrorValue.EPERM, "read-only");
    }
  }

  private static void assertRefused(
      org.assertj.core.api.ThrowableAssert.ThrowingCallable call, int error, String text) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            NbdClientException.class,
            e -> {
              assertThat(e.errorValue()).isEqualTo(error);
              assertThat(e.connectionLost()).isFalse();
            })
        .hasMessageContaining(text);
  }
}
