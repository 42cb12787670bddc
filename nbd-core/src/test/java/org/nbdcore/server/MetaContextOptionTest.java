package org.nbdcore.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nbdcore.protocol.Command;
import org.nbdcore.protocol.ErrorValue;
import org.nbdcore.protocol.Option;
import org.nbdcore.protocol.OptionReply;
import org.nbdcore.protocol.ReplyType;
import org.nbdcore.spi.OpenRequest;
import org.nbdcore.testkit.Backends;
import org.nbdcore.testkit.ModelDevice;
import org.nbdcore.testkit.OptionData;
import org.nbdcore.testkit.RawNbdClient;
import org.nbdcore.testkit.RawNbdClient.Chunk;
import org.nbdcore.testkit.RawNbdClient.OptionMessage;

/** Protocol, "Metadata querying" and the two options for it. */
final class MetaContextOptionTest {

  private static final int LIST = Option.LIST_META_CONTEXT;
  private static final int SET = Option.SET_META_CONTEXT;

  private static TestServer server() throws Exception {
    return TestServer.serve(new ModelDevice(4096));
  }

  private static RawNbdClient structured(TestServer server) throws IOException {
    RawNbdClient client = server.negotiating();
    client.structuredReplies();
    return client;
  }

  /** How many contexts an option with these queries brings: 0, or 1 which is base:allocation. */
  private static int contexts(RawNbdClient client, int option, String... queries)
      throws IOException {
    List<OptionMessage> replies = client.negotiate(option, OptionData.metaContexts("", queries));
    assertThat(replies.get(replies.size() - 1).type()).isEqualTo(OptionReply.ACK);
    assertThat(replies.get(replies.size() - 1).data()).isEmpty();
    for (OptionMessage reply : replies.subList(0, replies.size() - 1)) {
      assertThat(reply.type()).isEqualTo(OptionReply.META_CONTEXT);
      ByteBuffer data = reply.buffer();
      assertThat(data.getInt()).isEqualTo(option == SET ? 1 : 0);
      byte[] name = new byte[data.remaining()];
      data.get(name);
      assertThat(new String(name)).isEqualTo("base:allocation");
    }
    return replies.size() - 1;
  }

  private static boolean statusWorks(RawNbdClient client) throws IOException {
    client.request(0, Command.BLOCK_STATUS, 3, 0, 4096);
    Chunk chunk = client.chunk();
    if (chunk.type() == ReplyType.ERROR) {
      assertThat(chunk.buffer().getInt()).isEqualTo(ErrorValue.EINVAL);
      return false;
    }
    assertThat(chunk.type()).isEqualTo(ReplyType.BLOCK_STATUS);
    return true;
  }

  @Test
  void listWithoutQueriesNamesEveryContext() throws Exception {
    try (TestServer server = server();
        RawNbdClient client = structured(server)) {
      assertThat(contexts(client, LIST)).isEqualTo(1);
    }
  }

  @Test
  void listMatchesTheContextAndTheWildcardOfItsNamespace() throws Exception {
    try (TestServer server = server();
        RawNbdClient client = structured(server)) {
      assertThat(contexts(client, LIST, "base:allocation")).isEqualTo(1);
      assertThat(contexts(client, LIST, "base:")).isEqualTo(1);
      assertThat(contexts(client, LIST, "x-a:", "base:", "base:allocation")).isEqualTo(1);
      assertThat(contexts(client, LIST, "base:alloc")).isZero();
      assertThat(contexts(client, LIST, "base:allocation2")).isZero();
      assertThat(contexts(client, LIST, "qemu:allocation-depth", "x-mine:", ":")).isZero();
      client.go("");
      assertThat(statusWorks(client)).isFalse(); // listing chooses nothing
    }
  }

  @Test
  void setMatchesTheContextOnly() throws Exception {
    try (TestServer server = server();
        RawNbdClient client = structured(server)) {
      assertThat(contexts(client, SET)).isZero();
      assertThat(contexts(client, SET, "base:")).isZero();
      assertThat(contexts(client, SET, "base:other", "x-y:base:allocation")).isZero();
      assertThat(contexts(client, SET, "x-y:", "base:allocation", "base:allocation")).isEqualTo(1);
      client.go("");
      assertThat(statusWorks(client)).isTrue();
    }
  }

  @Test
  void aSecondSetReplacesTheFirst() throws Exception {
    try (TestServer server = server();
        RawNbdClient client = structured(server)) {
      assertThat(contexts(client, SET, "base:allocation")).isEqualTo(1);
      assertThat(contexts(client, SET, "x-y:z")).isZero();
      client.go("");
      assertThat(statusWorks(client)).isFalse();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 5, 70_000})
  void aFailedSetClearsTheContextsOfThePreviousOne(int length) throws Exception {
    try (TestServer server = server();
        RawNbdClient client = structured(server)) {
      assertThat(contexts(client, SET, "base:allocation")).isEqualTo(1);
      assertThat(client.negotiate(SET, new byte[length]).get(0).isError()).isTrue();
      client.go("");
      assertThat(statusWorks(client)).isFalse();
    }
  }

  @Test
  void contextsSelectedForAnotherExportAreIgnored() throws Exception {
    TestPlugin plugin =
        new TestPlugin(Backends.of(new ModelDevice(4096))) {
          @Override
          public String defaultExport(OpenRequest request) {
            return "disk";
          }
        };
    try (TestServer server = TestServer.serve(plugin)) {
      for (String name : List.of("", "disk", "other")) {
        try (RawNbdClient client = structured(server)) {
          client.metaContext("disk", "base:allocation");
          client.go(name);
          assertThat(statusWorks(client)).as("export '%s'", name).isEqualTo(!name.equals("other"));
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {LIST, SET})
  void structuredRepliesMustBeNegotiatedFirst(int option) throws Exception {
    try (TestServer server = server();
        RawNbdClient client = server.negotiating()) {
      byte[] data = OptionData.metaContexts("", "base:allocation");
      assertThat(client.negotiate(option, data).get(0).type()).isEqualTo(OptionReply.ERR_INVALID);
      client.go("");
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {LIST, SET})
  void metaContextsCanBeTurnedOff(int option) throws Exception {
    try (TestServer server =
            TestServer.serve(
                TestPlugin.of(new ModelDevice(4096)), options -> options.metaContexts = false);
        RawNbdClient client = structured(server)) {
      byte[] data = OptionData.metaContexts("", "base:allocation");
      assertThat(client.negotiate(option, data).get(0).type()).isEqualTo(OptionReply.ERR_UNSUP);
      client.go("");
      assertThat(statusWorks(client)).isFalse();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {LIST, SET})
  void malformedDataIsInvalidAndNegotiationContinues(int option) throws Exception {
    byte[] good = OptionData.metaContexts("name", "base:allocation", "x-y:z");
    try (TestServer server = server();
        RawNbdClient client = structured(server)) {
      for (int length = 0; length < good.length; length++) {
        assertInvalid(client, option, Arrays.copyOf(good, length));
      }
      assertInvalid(client, option, Arrays.copyOf(good, good.length + 1));
      assertInvalid(client, option, OptionData.metaContexts("", "no-colon"));
      assertInvalid(client, option, OptionData.metaContexts("", "base:" + "q".repeat(4096)));
      assertInvalid(client, option, OptionData.metaContexts("n".repeat(4097)));
      assertInvalid(client, option, OptionData.metaContexts("a\0b", "base:allocation"));
      byte[] tooMany = OptionData.metaContexts("", "base:allocation");
      tooMany[4] = (byte) 0xff; // announces four thousand million queries
      assertInvalid(client, option, tooMany);
      client.go("");
    }
  }

  private static void assertInvalid(RawNbdClient client, int option, byte[] data)
      throws IOException {
    List<OptionMessage> replies = client.negotiate(option, data);
    assertThat(replies).hasSize(1);
    assertThat(replies.get(0).type()).isEqualTo(OptionReply.ERR_INVALID);
  }

  @Test
  void aFailingDefaultExportIsAnErrorAndNegotiationContinues() throws Exception {
    TestPlugin plugin =
        new TestPlugin(Backends.of(new ModelDevice(4096))) {
          @Override
          public String defaultExport(OpenRequest request) throws IOException {
            throw new IOException("no default here");
          }
        };
    try (TestServer server = TestServer.serve(plugin);
        RawNbdClient client = structured(server)) {
      byte[] data = OptionData.metaContexts("", "base:allocation");
      List<OptionMessage> replies = client.negotiate(SET, data);
      assertThat(replies.get(replies.size() - 1).isError()).isTrue();
      assertThat(replies.get(replies.size() - 1).text()).contains("no default here");
      client.go("named");
      assertThat(statusWorks(client)).isFalse();
    }
  }
}
