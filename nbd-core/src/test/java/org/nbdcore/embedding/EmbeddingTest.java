package org.nbdcore.embedding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.nbdcore.chain.Chain;
import org.nbdcore.fixture.RamPluginProvider;
import org.nbdcore.fixture.ShadeFilterProvider;
import org.nbdcore.protocol.Command;
import org.nbdcore.server.NbdServer;
import org.nbdcore.server.ServerOptions;
import org.nbdcore.spi.Config;
import org.nbdcore.spi.ConfigException;
import org.nbdcore.testkit.RawNbdClient;
import org.nbdcore.testkit.RawNbdClient.SimpleReply;

/** A program that serves a disk by itself, with public types only; docs/embedding.md shows it. */
@Timeout(60)
final class EmbeddingTest {

  @TempDir Path folder;

  /** The command line checks the keys itself; in other programs, only the chain does. */
  @Test
  void aMistypedKeyIsRefused() throws Exception {
    RamPluginProvider plugin = new RamPluginProvider();
    ShadeFilterProvider filter = new ShadeFilterProvider();
    Config size = Config.builder(plugin.parameters()).put("size", "1M").build();
    Config typo = Config.builder(plugin.parameters()).put("size", "1M").put("siez", "2M").build();
    assertThatThrownBy(() -> Chain.builder().plugin(plugin, typo).build())
        .isInstanceOf(ConfigException.class)
        .hasMessage("unknown key 'siez' for ram; did you mean size?");
    Config.Builder only = Config.builder(plugin.parameters()).put("siez", "2M");
    assertThatThrownBy(only::build)
        .isInstanceOf(ConfigException.class)
        .hasMessage("missing: size=SIZE; unknown key 'siez'; did you mean size?");
    Config deep = Config.builder(filter.parameters()).put("deptj", "1").build();
    assertThatThrownBy(() -> Chain.builder().filter(filter, deep).plugin(plugin, size).build())
        .hasMessage("unknown key 'deptj' for shade; did you mean depth?");
  }

  @Test
  void aProgramServesADiskOnAPortAndASocketAndStops() throws Exception {
    RamPluginProvider.takeEvents();
    RamPluginProvider plugin = new RamPluginProvider();
    ShadeFilterProvider filter = new ShadeFilterProvider();
    Path socket = folder.resolve("disk.sock");
    Chain chain =
        Chain.builder()
            .filter(filter, Config.builder(filter.parameters()).put("depth", "1").build())
            .plugin(plugin, Config.builder(plugin.parameters()).put("size", "1M").build())
            .build();
    ServerOptions options =
        ServerOptions.defaults(
            List.of(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                UnixDomainSocketAddress.of(socket)));
    List<SocketAddress> addresses;
    try (NbdServer server = NbdServer.start(chain, options)) {
      addresses = server.addresses();
      assertThat(addresses).hasSize(2);
      try (RawNbdClient writer = RawNbdClient.connect(addresses.get(0));
          RawNbdClient reader = RawNbdClient.connect(addresses.get(1))) {
        writer.handshake();
        assertThat(writer.go("").size()).isEqualTo(1 << 20);
        writer.request(0, Command.WRITE, 1, 4096, "embedded".getBytes());
        assertThat(writer.simpleReply()).isEqualTo(new SimpleReply(0, 1));
        reader.handshake();
        reader.go("");
        reader.request(0, Command.READ, 2, 4096, 8);
        assertThat(reader.simpleReply()).isEqualTo(new SimpleReply(0, 2));
        assertThat(reader.receive(8)).isEqualTo("embedded".getBytes());
      }
    }
    assertThat(socket).doesNotExist();
    assertThat(RamPluginProvider.takeEvents()).containsExactly("created", "started", "closed");
  }
}
