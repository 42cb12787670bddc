package org.nbdcore.distribution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.nbdcore.chain.Chain;
import org.nbdcore.client.NbdClient;
import org.nbdcore.client.NbdClientException;
import org.nbdcore.plugin.memory.MemoryProvider;
import org.nbdcore.protocol.NbdUri;
import org.nbdcore.server.NbdServer;
import org.nbdcore.spi.Config;

/** The code of docs/client.md does what the page says. */
@Timeout(120)
class ClientPageTest {

  private static PageCode page;

  private NbdServer server;
  private NbdUri uri;

  @BeforeAll
  static void compile() throws IOException {
    page = PageCode.of("client.md");
  }

  @AfterAll
  static void assertThatAllBlocksWereUsed() throws IOException {
    page.close();
    page.assertThatAllBlocksWereUsed();
  }

  @BeforeEach
  void serve() throws Exception {
    MemoryProvider plugin = new MemoryProvider();
    Config config = Config.builder(plugin.parameters()).put("size", "8M").build();
    server =
        NbdServer.builder()
            .listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .export("disk", Chain.builder().plugin(plugin, config).build())
            .start();
    InetSocketAddress address = (InetSocketAddress) server.addresses().get(0);
    uri = NbdUri.parse("nbd://localhost:" + address.getPort() + "/disk");
  }

  @AfterEach
  void stop() {
    server.close();
  }

  @Test
  void blockingCallsOfThePageWork() throws Exception {
    page.run("blocking", uri);
  }

  @Test
  void asynchronousCallsOfThePageWork() throws Exception {
    try (NbdClient from = NbdClient.connect(uri);
        NbdClient to = NbdClient.connect(uri)) {
      from.write(ByteBuffer.wrap(new byte[] {7}), 1 << 20);
      page.run("copyStart", from, to);
      byte[] read = new byte[1];
      to.read(ByteBuffer.wrap(read), 1 << 20);
      assertThat(read).containsExactly(7);
      page.run("giveUp", from);
    }
  }

  @Test
  void timeLimitOfThePageWorks() throws Exception {
    try (NbdClient client = (NbdClient) page.run("limited", uri)) {
      client.read(ByteBuffer.allocate(512), 0);
    }
  }

  @Test
  void errorsAreExplained() throws Exception {
    try (NbdClient client = NbdClient.connect(uri)) {
      assertThat(page.run("explain", client, 0L)).isEqualTo("written");
      assertThat((String) page.run("explain", client, 8L << 20)).startsWith("the disk is full");
    }
    NbdClient closed = NbdClient.connect(uri);
    closed.close();
    assertThat((String) page.run("explain", closed, 0L)).startsWith("connect again");
  }

  @Test
  void exportsAreListed() throws Exception {
    assertThat(page.run("list", uri)).isEqualTo(List.of("disk: 8388608"));
    assertThatThrownBy(() -> NbdClient.connect(NbdUri.parse(uri.toString() + "x")))
        .isInstanceOf(NbdClientException.class);
  }
}
