package org.nbdcore.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nbdcore.protocol.Command;
import org.nbdcore.protocol.Info;
import org.nbdcore.protocol.Limits;
import org.nbdcore.protocol.Magic;
import org.nbdcore.protocol.Option;
import org.nbdcore.protocol.OptionReply;
import org.nbdcore.protocol.TransmissionFlags;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.BlockSizes;
import org.nbdcore.spi.FilterBlockDevice;
import org.nbdcore.spi.NbdError;
import org.nbdcore.spi.NbdException;
import org.nbdcore.spi.OpenRequest;
import org.nbdcore.testkit.Backends;
import org.nbdcore.testkit.ModelDevice;
import org.nbdcore.testkit.OptionData;
import org.nbdcore.testkit.RawNbdClient;
import org.nbdcore.testkit.RawNbdClient.OptionMessage;

/** Protocol, {@code NBD_OPT_INFO} and {@code NBD_OPT_GO}. */
final class InfoAndGoOptionTest {

  private static BlockDevice described(BlockDevice device, String description) {
    return new FilterBlockDevice(device) {
      @Override
      public Optional<String> description() {
        return Optional.of(description);
      }
    };
  }

  private static byte[] infos(RawNbdClient client, int option, String name, int info)
      throws IOException {
    for (OptionMessage reply : client.negotiate(option, OptionData.info(name, info))) {
      if (reply.type() == OptionReply.INFO && reply.buffer().getShort() == info) {
        return Arrays.copyOfRange(reply.data(), 2, reply.data().length);
      }
    }
    return null;
  }

  @ParameterizedTest
  @ValueSource(ints = {Option.INFO, Option.GO})
  void theReplyIsOneExportInfoAndAnAck(int option) throws Exception {
    try (TestServer server = TestServer.serve(new ModelDevice(12345));
        RawNbdClient client = server.negotiating()) {
      List<OptionMessage> replies = client.negotiate(option, OptionData.info(""));
      assertThat(replies)
          .extracting(OptionMessage::type)
          .containsExactly(OptionReply.INFO, OptionReply.ACK);
      ByteBuffer info = replies.get(0).buffer();
      assertThat(info.remaining()).isEqualTo(12);
      assertThat(info.getShort()).isEqualTo((short) Info.EXPORT);
      assertThat(info.getLong()).isEqualTo(12345);
      assertThat(info.getShort() & TransmissionFlags.HAS_FLAGS).isNotZero();
      assertThat(replies.get(1).data()).isEmpty();
    }
  }

  @Test
  void exportInfoIsSentOnceAndUnknownInfoRequestsAreIgnored() throws Exception {
    try (TestServer server = TestServer.serve(new ModelDevice(4096));
        RawNbdClient client = server.negotiating()) {
      byte[] data = OptionData.info("", Info.EXPORT, 4711, 0xffff);
      assertThat(client.negotiate(Option.GO, data)).hasSize(2);
    }
  }

  @Test
  void nameInfoForTheEmptyNameIsTheDefaultExport() throws Exception {
    TestPlugin plugin =
        new TestPlugin(Backends.of(new ModelDevice(4096))) {
          @Override
          public String defaultExport(OpenRequest request) {
            return "disk1";
          }
        };
    try (TestServer server = TestServer.serve(plugin);
        RawNbdClient client = server.negotiating()) {
      assertThat(infos(client, Option.INFO, "", Info.NAME)).isEqualTo("disk1".getBytes());
      assertThat(infos(client, Option.INFO, "other", Info.NAME)).isEqualTo("other".getBytes());
    }
  }

  @Test
  void theDescriptionIsTruncatedAtACharacterAndOmittedIfThereIsNone() throws Exception {
    BlockDevice device = described(new ModelDevice(4096), "€".repeat(1366));
    try (TestServer server = TestServer.serve(device);
        RawNbdClient client = server.negotiating()) {
      byte[] text = infos(client, Option.INFO, "", Info.DESCRIPTION);
      assertThat(new String(text, StandardCharsets.UTF_8)).isEqualTo("€".repeat(1365));
    }
    try (TestServer server = TestServer.serve(new ModelDevice(4096));
        RawNbdClient client = server.negotiating()) {
      assertThat(infos(client, Option.INFO, "", Info.DESCRIPTION)).isNull();
    }
  }

  private static List<Long> blockSizes(BlockSizes sizes) throws Exception {
    ModelDevice device = new ModelDevice(1 << 20, ModelDevice.everything().withBlockSizes(sizes));
    try (TestServer server = TestServer.serve(device);
        RawNbdClient client = server.negotiating()) {
      ByteBuffer info = ByteBuffer.wrap(infos(client, Option.GO, "", Info.BLOCK_SIZE));
      assertThat(info.remaining()).isEqualTo(12);
      return List.of(
          info.getInt() & 0xffff_ffffL, info.getInt() & 0xffff_ffffL, info.getInt() & 0xffff_ffffL);
    }
  }

  @Test
  void blockSizesAreThoseOfTheDeviceWithinTheServersMaximum() throws Exception {
    assertThat(blockSizes(BlockSizes.DEFAULT)).containsExactly(1L, 4096L, 64L << 20);
    assertThat(blockSizes(BlockSizes.of(512, 65536, 1 << 20)))
        .containsExactly(512L, 65536L, 1L << 20);
    assertThat(blockSizes(BlockSizes.of(65536, 65536, BlockSizes.UNLIMITED)))
        .containsExactly(65536L, 65536L, BlockSizes.UNLIMITED);
  }

  @Test
  void theDefaultExportIsQueriedOncePerConnection() throws Exception {
    AtomicInteger asked = new AtomicInteger();
    TestPlugin plugin =
        new TestPlugin(Backends.of(new ModelDevice(4096))) {
          @Override
          public String defaultExport(OpenRequest request) {
            asked.incrementAndGet();
            return "disk";
          }
        };
    try (TestServer server = TestServer.serve(plugin);
        RawNbdClient client = server.negotiating()) {
      infos(client, Option.INFO, "", Info.NAME);
      infos(client, Option.GO, "", Info.NAME);
    }
    assertThat(asked).hasValue(1);
  }

  @Test
  void aMaximumBelowThePreferredSizeLowersThePreferredSize() throws Exception {
    assertThat(blockSizes(BlockSizes.of(512, 1 << 25, 1 << 20)))
        .containsExactly(512L, 1L << 20, 1L << 20);
    assertThat(blockSizes(BlockSizes.of(512, 4096, 1536))).containsExactly(512L, 1024L, 1536L);
    assertThat(blockSizes(BlockSizes.of(1, 4096, 100))).containsExactly(1L, 512L, 512L);
  }

  @Test
  void anExportThatCannotBeOpenedIsUnknownAndNegotiationContinues() throws Exception {
    ModelDevice device = new ModelDevice(4096);
    TestPlugin plugin =
        new TestPlugin(
            request -> {
              switch (request.exportName()) {
                case "missing" -> throw new NbdException(NbdError.EINVAL, "no such disk");
                case "fault" -> throw new IllegalStateException("a bug");
                default -> {
                  return Backends.of(device).open(request);
                }
              }
            });
    try (TestServer server = TestServer.serve(plugin);
        RawNbdClient client = server.negotiating()) {
      for (int option : new int[] {Option.INFO, Option.GO}) {
        List<OptionMessage> replies = client.negotiate(option, OptionData.info("missing"));
        assertThat(replies).hasSize(1);
        assertThat(replies.get(0).type()).isEqualTo(OptionReply.ERR_UNKNOWN);
        assertThat(replies.get(0).text()).contains("no such disk");
        assertThat(client.negotiate(option, OptionData.info("fault")).get(0).type())
            .isEqualTo(OptionReply.ERR_UNKNOWN);
      }
      assertThat(client.go("good").size()).isEqualTo(4096);
    }
  }

  @Test
  void goUsesTheDeviceThatInfoOpenedUnlessItNamesAnother() throws Exception {
    try (TestServer server = TestServer.serve(new ModelDevice(4096));
        RawNbdClient client = server.negotiating()) {
      client.negotiate(Option.INFO, OptionData.info("a"));
      client.negotiate(Option.INFO, OptionData.info("a"));
      client.negotiate(Option.INFO, OptionData.info("b"));
      client.go("b");
      assertThat(server.plugin.devices.requests())
          .extracting(OpenRequest::exportName)
          .containsExactly("a", "b");
      assertThat(server.plugin.devices.open()).isEqualTo(1);
    }
  }

  @Test
  void malformedDataIsInvalidAndNegotiationContinues() throws Exception {
    byte[] good = OptionData.info("name", Info.NAME, Info.BLOCK_SIZE);
    byte[] notUtf8 = good.clone();
    notUtf8[5] = (byte) 0xc3;
    byte[] nul = good.clone();
    nul[5] = 0;
    try (TestServer server = TestServer.serve(new ModelDevice(4096));
        RawNbdClient client = server.negotiating()) {
      for (int length = 0; length < good.length; length++) {
        assertInvalid(client, Arrays.copyOf(good, length));
      }
      assertInvalid(client, Arrays.copyOf(good, good.length + 1));
      assertInvalid(client, notUtf8);
      assertInvalid(client, nul);
      assertInvalid(client, OptionData.info("n".repeat(4097)));
      assertInvalid(client, new byte[] {-1, -1, -1, -1, 0, 0});
      assertThat(server.plugin.devices.requests()).isEmpty();
      assertThat(client.negotiate(Option.INFO, OptionData.info("n".repeat(4096)))).hasSize(2);
      assertThat(client.negotiate(Option.GO, good)).hasSize(4);
    }
  }

  private static void assertInvalid(RawNbdClient client, byte[] data) throws IOException {
    List<OptionMessage> replies = client.negotiate(Option.GO, data);
    assertThat(replies).hasSize(1);
    assertThat(replies.get(0).type()).isEqualTo(OptionReply.ERR_INVALID);
    assertThat(replies.get(0).text()).isNotBlank();
  }

  @Test
  void requestsMayFollowGoInTheSamePacket() throws Exception {
    ModelDevice device = new ModelDevice(1 << 20).fillRandomly(5);
    try (TestServer server = TestServer.serve(device);
        RawNbdClient client = server.negotiating()) {
      byte[] data = OptionData.info("");
      int requests = 300; // more than the handshake reads ahead
      ByteBuffer all =
          ByteBuffer.allocate(16 + data.length + requests * Limits.REQUEST_HEADER)
              .putLong(Magic.IHAVEOPT)
              .putInt(Option.GO)
              .putInt(data.length)
              .put(data);
      for (int i = 0; i < requests; i++) {
        all.put(RawNbdClient.requestHeader(0, Command.READ, i, i, 100));
      }
      client.send(all.flip());
      client.optionReply();
      assertThat(client.optionReply().type()).isEqualTo(OptionReply.ACK);
      byte[] contents = device.contents();
      for (int i = 0; i < requests; i++) {
        RawNbdClient.SimpleReply reply = client.simpleReply();
        assertThat(reply.error()).isZero();
        int from = (int) reply.cookie();
        assertThat(client.receive(100)).isEqualTo(Arrays.copyOfRange(contents, from, from + 100));
      }
    }
  }
}
