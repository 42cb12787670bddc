package org.nbdcore.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nbdcore.protocol.Command;
import org.nbdcore.protocol.CommandFlags;
import org.nbdcore.protocol.Option;
import org.nbdcore.protocol.OptionReply;
import org.nbdcore.protocol.ReplyType;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.CapabilityDevice;
import org.nbdcore.spi.ExtentSink;
import org.nbdcore.spi.FilterBlockDevice;
import org.nbdcore.spi.Flags;
import org.nbdcore.spi.PassThroughDevice;
import org.nbdcore.spi.helpers.BlockDevices;
import org.nbdcore.testkit.ModelDevice;
import org.nbdcore.testkit.OptionData;
import org.nbdcore.testkit.RawNbdClient;
import org.nbdcore.testkit.RawNbdClient.Chunk;
import org.nbdcore.testkit.RawNbdClient.OptionMessage;

/** Meta contexts that a disk has beside {@code base:allocation}. */
final class OwnContextsTest {

  private static final int SIZE = 1 << 20;
  private static final int LIST = Option.LIST_META_CONTEXT;
  private static final int SET = Option.SET_META_CONTEXT;

  /** Blocks of 4096 bytes with the status 0 and 1, or 0xfffffff0 to 0xffffffff, in turns. */
  private static final class StripedDevice extends PassThroughDevice {

    private final List<String> names;

    StripedDevice(String... names) {
      super(new ModelDevice(SIZE));
      this.names = List.of(names);
    }

    @Override
    public List<String> metaContexts() {
      return names;
    }

    @Override
    public void metaContextExtents(
        String context, long offset, long length, Flags flags, ExtentSink sink) {
      for (long at = offset & -4096; !sink.full(); at += 4096) {
        int turn = (int) (at / 4096);
        sink.add(at, 4096, context.endsWith("bits") ? 0xffff_fff0 | turn & 15 : turn & 1);
      }
    }
  }

  private static StripedDevice striped() {
    return new StripedDevice("x-test:odd", "x-test:bits", "y:z");
  }

  private static TestServer serve(BlockDevice device) throws Exception {
    return TestServer.serve(TestPlugin.of(device), options -> options.extendedHeaders = true);
  }

  private static RawNbdClient structured(TestServer server) throws IOException {
    RawNbdClient client = server.negotiating();
    client.structuredReplies();
    return client;
  }

  /** Each context as {@code id=name}. */
  private static List<String> contexts(RawNbdClient client, int option, String... queries)
      throws IOException {
    List<String> found = new ArrayList<>();
    for (OptionMessage reply : client.negotiate(option, OptionData.metaContexts("", queries))) {
      if (reply.type() == OptionReply.META_CONTEXT) {
        ByteBuffer data = reply.buffer();
        found.add(data.getInt() + "=" + StandardCharsets.UTF_8.decode(data));
      } else {
        assertThat(reply.type()).isEqualTo(OptionReply.ACK);
      }
    }
    return found;
  }

  @Test
  void listReturnsAllContextsOrThoseOfANamespaceOrOne() throws Exception {
    try (TestServer server = serve(striped());
        RawNbdClient client = structured(server)) {
      assertThat(contexts(client, LIST))
          .containsExactly("0=base:allocation", "0=x-test:odd", "0=x-test:bits", "0=y:z");
      assertThat(contexts(client, LIST, "x-test:"))
          .containsExactly("0=x-test:odd", "0=x-test:bits");
      assertThat(contexts(client, LIST, "y:z", "y:", "base:"))
          .containsExactly("0=base:allocation", "0=y:z");
      assertThat(contexts(client, LIST, "x-test:od", "x-test:odd2", "z:")).isEmpty();
    }
  }

  @Test
  void setAcceptsOnlyFullNamesAndReplacesTheSelection() throws Exception {
    try (TestServer server = serve(striped());
        RawNbdClient client = structured(server)) {
      assertThat(contexts(client, SET, "x-test:", "y:")).isEmpty();
      assertThat(contexts(client, SET, "y:z", "y:z", "x-test:odd", "no:such"))
          .containsExactly("1=x-test:odd", "2=y:z");
      assertThat(contexts(client, SET, "base:allocation", "x-test:bits"))
          .containsExactly("1=base:allocation", "2=x-test:bits");
      client.go("");
      client.request(0, Command.BLOCK_STATUS, 3, 4096, 8192);
      assertThat(client.chunk().payload())
          .isEqualTo(new Bytes().add(1, 4).add(SIZE - 4096, 4).add(3, 4).array());
      Chunk last = client.chunk();
      assertThat(last.flags()).isEqualTo(ReplyType.FLAG_DONE);
      assertThat(last.payload())
          .isEqualTo(
              new Bytes()
                  .add(2, 4)
                  .add(4096, 4)
                  .add(0xffff_fff1, 4)
                  .add(4096, 4)
                  .add(0xffff_fff2, 4)
                  .array());
    }
  }

  @Test
  void reqOneReturnsOneExtentForEachContext() throws Exception {
    try (TestServer server = serve(striped());
        RawNbdClient client = structured(server)) {
      contexts(client, SET, "x-test:odd", "base:allocation");
      client.go("");
      client.request(CommandFlags.REQ_ONE, Command.BLOCK_STATUS, 3, 512, 100_000);
      Chunk base = client.chunk();
      assertThat(base.flags()).isZero();
      assertThat(base.payload()).isEqualTo(new Bytes().add(1, 4).add(100_000, 4).add(3, 4).array());
      assertThat(client.chunk().payload())
          .isEqualTo(new Bytes().add(2, 4).add(3584, 4).add(0, 4).array());
    }
  }

  @Test
  void anExtendedRequestMaySelectSomeOfTheContexts() throws Exception {
    try (TestServer server = serve(striped());
        RawNbdClient client = server.negotiating()) {
      client.negotiate(Option.EXTENDED_HEADERS, new byte[0]);
      contexts(client, SET, "base:allocation", "x-test:odd", "x-test:bits");
      client.go("");
      client.send(header(CommandFlags.PAYLOAD_LEN, 16).add(8192, 8).add(3, 4).add(2, 4).array());
      assertThat(client.receive(32 + 40 + 32 + 40))
          .isEqualTo(
              chunk(0, 40)
                  .add(2, 4)
                  .add(2, 4)
                  .add(4096, 8)
                  .add(0, 8)
                  .add(4096, 8)
                  .add(1, 8)
                  .add(chunk(1, 40).array())
                  .add(3, 4)
                  .add(2, 4)
                  .add(4096, 8)
                  .add(0xffff_fff0L, 8)
                  .add(4096, 8)
                  .add(0xffff_fff1L, 8)
                  .array());
      for (Bytes refused :
          List.of(
              header(CommandFlags.PAYLOAD_LEN, 16).add(8192, 8).add(2, 4).add(2, 4),
              header(CommandFlags.PAYLOAD_LEN, 16).add(8192, 8).add(2, 4).add(4, 4),
              header(CommandFlags.PAYLOAD_LEN, 8).add(8192, 8),
              header(CommandFlags.PAYLOAD_LEN, 14).add(8192, 8).add(1, 6),
              header(CommandFlags.PAYLOAD_LEN, 24).add(8192, 8).add(1, 8).add(2, 8))) {
        client.send(refused.array());
        ByteBuffer answer = ByteBuffer.wrap(client.receive(32));
        assertThat(answer.getShort(6)).isEqualTo((short) ReplyType.ERROR);
        client.receive((int) answer.getLong(24));
      }
      client.send(header(0, 4096).array());
      client.receive(32 + 24 + 32 + 24 + 32 + 24); // all three
    }
  }

  private static Bytes header(int flags, long length) {
    return new Bytes()
        .add(0x21e41c71, 4)
        .add(flags, 2)
        .add(Command.BLOCK_STATUS, 2)
        .add(9, 8)
        .add(0, 8)
        .add(length, 8);
  }

  private static Bytes chunk(int flags, long length) {
    return new Bytes()
        .add(0x6e8a278c, 4)
        .add(flags, 2)
        .add(ReplyType.BLOCK_STATUS_EXT, 2)
        .add(9, 8)
        .add(0, 8)
        .add(length, 8);
  }

  @Test
  void onlyFiltersThatForwardOrShiftContextsExposeThem() throws Exception {
    try (TestServer server = serve(new FilterBlockDevice(striped()) {});
        RawNbdClient client = structured(server)) {
      assertThat(contexts(client, LIST)).containsExactly("0=base:allocation");
    }
    BlockDevice moved =
        CapabilityDevice.of(
            BlockDevices.range(striped(), 6144, 8192), can -> can.withCache(can.cache()));
    try (TestServer server = serve(moved);
        RawNbdClient client = structured(server)) {
      contexts(client, SET, "x-test:odd");
      client.go("");
      client.request(0, Command.BLOCK_STATUS, 3, 0, 8192);
      assertThat(client.chunk().payload())
          .isEqualTo(
              new Bytes()
                  .add(1, 4)
                  .add(2048, 4)
                  .add(1, 4)
                  .add(4096, 4)
                  .add(0, 4)
                  .add(2048, 4)
                  .add(1, 4)
                  .array());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"nocolon", "x:", ":x", "base:dirty"})
  void anInvalidContextNameMakesTheExportUnusable(String name) throws Exception {
    try (TestServer server = serve(new StripedDevice(name));
        RawNbdClient client = structured(server)) {
      assertThat(contexts(client, LIST)).containsExactly("0=base:allocation");
      assertThat(client.negotiate(Option.GO, OptionData.info("")).get(0).text())
          .contains("'" + name + "'");
    }
  }
}
