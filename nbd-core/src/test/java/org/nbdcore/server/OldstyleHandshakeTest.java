package org.nbdcore.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.nbdcore.protocol.Command;
import org.nbdcore.protocol.TransmissionFlags;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.OpenRequest;
import org.nbdcore.testkit.Backends;
import org.nbdcore.testkit.ModelDevice;
import org.nbdcore.testkit.RawNbdClient;

/** Protocol, "Oldstyle negotiation", byte by byte. */
final class OldstyleHandshakeTest {

  private static final int SIZE = 1 << 20;

  private static TestServer serve(BlockDevice device, Consumer<Options> change) throws Exception {
    return TestServer.serve(
        TestPlugin.of(device),
        options -> {
          options.oldstyle = true;
          change.accept(options);
        });
  }

  /** Reads the whole handshake and returns the flags. */
  private static int readHandshake(RawNbdClient client, long size) throws IOException {
    ByteBuffer greeting = client.receiveBuffer(152);
    assertThat(greeting.getLong()).isEqualTo(0x4e42444d41474943L);
    assertThat(greeting.getLong()).isEqualTo(0x00420281861253L);
    assertThat(greeting.getLong()).isEqualTo(size);
    int flags = greeting.getInt();
    byte[] reserved = new byte[124];
    greeting.get(reserved);
    assertThat(reserved).containsOnly(0);
    return flags;
  }

  @Test
  void theServerSendsSizeFlagsAndZeroesAndThenServesRequests() throws Exception {
    ModelDevice device = new ModelDevice(SIZE).fillRandomly(7);
    try (TestServer server = serve(device, options -> {});
        RawNbdClient client = server.connect()) {
      int flags = readHandshake(client, SIZE);
      assertThat(flags >>> 16).as("handshake flags").isZero();
      assertThat(flags & TransmissionFlags.HAS_FLAGS).isNotZero();
      assertThat(flags & TransmissionFlags.SEND_FLUSH).isNotZero();
      assertThat(flags & TransmissionFlags.READ_ONLY).isZero();
      assertThat(flags & TransmissionFlags.SEND_DF).as("needs structured replies").isZero();
      client.request(0, Command.WRITE, 5, 512, new byte[] {1, 2, 3});
      assertThat(client.simpleReply()).isEqualTo(new RawNbdClient.SimpleReply(0, 5));
      client.request(0, Command.READ, 6, 512, 3);
      assertThat(client.simpleReply()).isEqualTo(new RawNbdClient.SimpleReply(0, 6));
      assertThat(client.receive(3)).containsExactly(1, 2, 3);
      client.request(0, Command.READ, 7, SIZE, 1);
      assertThat(client.simpleReply()).isEqualTo(new RawNbdClient.SimpleReply(22, 7));
      client.request(0, Command.DISC, 8, 0, 0);
      assertThat(client.closedByServer()).isTrue();
    }
  }

  @Test
  void newstyleOptionsAreIgnored() throws Exception {
    try (TestServer server =
            serve(
                new ModelDevice(SIZE),
                options -> {
                  options.readOnly = true;
                  options.structuredReplies = false;
                  options.metaContexts = false;
                  options.handshakeMask = 0;
                });
        RawNbdClient client = server.connect()) {
      assertThat(readHandshake(client, SIZE) & TransmissionFlags.READ_ONLY).isNotZero();
    }
  }

  @Test
  void theDefaultExportIsServed() throws Exception {
    StringBuilder opened = new StringBuilder();
    TestPlugin plugin =
        new TestPlugin(Backends.of(new ModelDevice(SIZE))) {
          @Override
          public String defaultExport(OpenRequest request) {
            return "chosen";
          }

          @Override
          public BlockDevice open(OpenRequest request) throws IOException {
            opened.append(request.exportName());
            return super.open(request);
          }
        };
    try (TestServer server = TestServer.serve(plugin, options -> options.oldstyle = true);
        RawNbdClient client = server.connect()) {
      readHandshake(client, SIZE);
      assertThat(opened).hasToString("chosen");
    }
  }

  @Test
  void aDiskThatCannotBeOpenedEndsTheConnectionWithoutAByte() throws Exception {
    TestPlugin plugin =
        new TestPlugin(Backends.of(new ModelDevice(SIZE))) {
          @Override
          public BlockDevice open(OpenRequest request) throws IOException {
            throw new IOException("no disk today");
          }
        };
    try (TestServer server = TestServer.serve(plugin, options -> options.oldstyle = true);
        RawNbdClient client = server.connect()) {
      assertThat(client.closedByServer()).isTrue();
    }
  }
}
