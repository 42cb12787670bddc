package org.nbdcore.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.nbdcore.protocol.TransmissionFlags.CAN_MULTI_CONN;
import static org.nbdcore.protocol.TransmissionFlags.HAS_FLAGS;
import static org.nbdcore.protocol.TransmissionFlags.READ_ONLY;
import static org.nbdcore.protocol.TransmissionFlags.ROTATIONAL;
import static org.nbdcore.protocol.TransmissionFlags.SEND_CACHE;
import static org.nbdcore.protocol.TransmissionFlags.SEND_DF;
import static org.nbdcore.protocol.TransmissionFlags.SEND_FAST_ZERO;
import static org.nbdcore.protocol.TransmissionFlags.SEND_FLUSH;
import static org.nbdcore.protocol.TransmissionFlags.SEND_FUA;
import static org.nbdcore.protocol.TransmissionFlags.SEND_TRIM;
import static org.nbdcore.protocol.TransmissionFlags.SEND_WRITE_ZEROES;

import org.junit.jupiter.api.Test;
import org.nbdcore.spi.Capabilities;
import org.nbdcore.spi.Support;
import org.nbdcore.spi.ThreadModel;
import org.nbdcore.testkit.ModelDevice;
import org.nbdcore.testkit.RawNbdClient;

/** Protocol, "Transmission flags": each follows from what the device can do. */
final class TransmissionFlagsTest {

  private static final Capabilities WRITE = Capabilities.readWrite().withZero(Support.NONE);

  private static int flags(Capabilities capabilities, boolean readOnly, boolean structured)
      throws Exception {
    TestPlugin plugin = TestPlugin.of(new ModelDevice(4096, capabilities));
    try (TestServer server = TestServer.serve(plugin, options -> options.readOnly = readOnly);
        RawNbdClient client = server.negotiating()) {
      if (structured) {
        client.structuredReplies();
      }
      return client.go("").flags();
    }
  }

  private static int flags(Capabilities capabilities) throws Exception {
    return flags(capabilities, false, false);
  }

  @Test
  void eachCapabilityHasItsFlag() throws Exception {
    assertThat(flags(Capabilities.readOnly())).isEqualTo(HAS_FLAGS | READ_ONLY);
    assertThat(flags(WRITE)).isEqualTo(HAS_FLAGS);
    assertThat(flags(WRITE.withFlush(true))).isEqualTo(HAS_FLAGS | SEND_FLUSH);
    assertThat(flags(WRITE.withFua(Support.NATIVE))).isEqualTo(HAS_FLAGS | SEND_FUA);
    assertThat(flags(WRITE.withRotational(true))).isEqualTo(HAS_FLAGS | ROTATIONAL);
    assertThat(flags(WRITE.withTrim(true))).isEqualTo(HAS_FLAGS | SEND_TRIM);
    assertThat(flags(WRITE.withZero(Support.NATIVE))).isEqualTo(HAS_FLAGS | SEND_WRITE_ZEROES);
    assertThat(flags(WRITE.withZero(Support.NATIVE).withFastZero(true)))
        .isEqualTo(HAS_FLAGS | SEND_WRITE_ZEROES | SEND_FAST_ZERO);
    assertThat(flags(WRITE.withMultiConn(true))).isEqualTo(HAS_FLAGS | CAN_MULTI_CONN);
    assertThat(flags(WRITE.withCache(Support.NATIVE))).isEqualTo(HAS_FLAGS | SEND_CACHE);
  }

  /** The second connection of such a client would wait until the first one ends. */
  @Test
  void multiConnIsNotOfferedWithSerializedConnections() throws Exception {
    for (ThreadModel model : ThreadModel.values()) {
      TestPlugin plugin =
          TestPlugin.of(new ModelDevice(4096, WRITE.withMultiConn(true))).withModel(model);
      try (TestServer server = TestServer.serve(plugin, options -> {});
          RawNbdClient client = server.negotiating()) {
        boolean offered = (client.go("").flags() & CAN_MULTI_CONN) != 0;
        assertThat(offered).as(model.name()).isEqualTo(model != ThreadModel.SERIALIZE_CONNECTIONS);
      }
    }
  }

  @Test
  void fastZeroIsNotOfferedWithoutZero() throws Exception {
    assertThat(flags(WRITE.withFastZero(true))).isEqualTo(HAS_FLAGS);
  }

  @Test
  void emulatedOperationsAreOffered() throws Exception {
    Capabilities emulated =
        WRITE
            .withFlush(true)
            .withFua(Support.EMULATE)
            .withZero(Support.EMULATE)
            .withCache(Support.EMULATE);
    assertThat(flags(emulated))
        .isEqualTo(
            HAS_FLAGS | SEND_FLUSH | SEND_FUA | SEND_WRITE_ZEROES | SEND_FAST_ZERO | SEND_CACHE);
    assertThat(flags(WRITE.withFua(Support.EMULATE))).isEqualTo(HAS_FLAGS);
  }

  @Test
  void dontFragmentIsOfferedWithStructuredRepliesOnly() throws Exception {
    assertThat(flags(WRITE, false, true)).isEqualTo(HAS_FLAGS | SEND_DF);
  }

  @Test
  void aReadOnlyExportOffersNothingThatWrites() throws Exception {
    int expected = HAS_FLAGS | READ_ONLY | SEND_FLUSH | CAN_MULTI_CONN | SEND_CACHE;
    assertThat(flags(ModelDevice.everything(), true, false)).isEqualTo(expected);
    assertThat(flags(ModelDevice.everything().withWrite(false))).isEqualTo(expected);
  }
}
