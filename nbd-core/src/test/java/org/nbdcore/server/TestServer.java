package org.nbdcore.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.nbdcore.chain.Chain;
import org.nbdcore.protocol.Option;
import org.nbdcore.protocol.OptionReply;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.Config;
import org.nbdcore.testkit.RawNbdClient;

/**
 * A server on a Unix socket. When it is closed it checks that no memory is in use, every device and
 * the plugin are closed, each once, and the socket is gone.
 */
final class TestServer implements AutoCloseable {

  static final Duration TIMEOUT = Duration.ofSeconds(30);

  final NbdServer server;
  final TestPlugin plugin;
  final QuietLog log;
  private final Path folder;
  private final SocketAddress address;

  private TestServer(TestPlugin plugin, Consumer<Options> change) throws Exception {
    log = QuietLog.install();
    this.plugin = plugin;
    folder = Files.createTempDirectory("nbd");
    address = UnixDomainSocketAddress.of(folder.resolve("socket"));
    Options options = new Options();
    options.listen = List.of(address);
    change.accept(options);
    server = NbdServer.start(chain(plugin), options.build());
  }

  static TestServer serve(BlockDevice device) throws Exception {
    return serve(TestPlugin.of(device));
  }

  static TestServer serve(TestPlugin plugin) throws Exception {
    return serve(plugin, options -> {});
  }

  static TestServer serve(TestPlugin plugin, Consumer<Options> change) throws Exception {
    return new TestServer(plugin, change);
  }

  /** A chain of nothing but the plugin. */
  static Chain chain(TestPlugin plugin) throws Exception {
    return Chain.builder().plugin(plugin, Config.builder(List.of()).build()).build();
  }

  /** The exports that a server lists, as {@code name: description} or {@code name}. */
  static List<String> listExports(RawNbdClient client) throws IOException {
    List<String> exports = new ArrayList<>();
    client.option(Option.LIST, new byte[0]);
    for (var reply = client.optionReply();
        reply.type() == OptionReply.SERVER;
        reply = client.optionReply()) {
      ByteBuffer data = reply.buffer();
      byte[] name = new byte[data.getInt()];
      data.get(name);
      byte[] description = new byte[data.remaining()];
      data.get(description);
      String suffix = description.length == 0 ? "" : ": " + new String(description, UTF_8);
      exports.add(new String(name, UTF_8) + suffix);
    }
    return exports;
  }

  SocketAddress address() {
    return address;
  }

  /** A client that has said nothing yet. */
  RawNbdClient connect() throws IOException {
    return RawNbdClient.connect(address);
  }

  /** A client that chooses options. */
  RawNbdClient negotiating() throws IOException {
    RawNbdClient client = connect();
    client.handshake();
    return client;
  }

  /** A client in the transmission phase, with simple replies. */
  RawNbdClient simple() throws IOException {
    RawNbdClient client = negotiating();
    client.go("");
    return client;
  }

  /** A client in the transmission phase, with structured replies and base:allocation. */
  RawNbdClient structured() throws IOException {
    RawNbdClient client = negotiating();
    client.structuredReplies();
    client.metaContext("", "base:allocation");
    client.go("");
    return client;
  }

  /** Waits until every connection is over. */
  void awaitNoConnection() {
    await()
        .atMost(TIMEOUT)
        .pollDelay(Duration.ZERO)
        .pollInterval(Duration.ofMillis(5))
        .untilAsserted(
            () -> {
              assertThat(plugin.devices.open()).as("open devices").isZero();
              assertThat(server.memoryInUse()).as("memory in use").isZero();
            });
  }

  @Override
  public void close() throws IOException {
    server.close();
    assertThat(server.memoryInUse()).as("memory in use").isZero();
    assertThat(plugin.devices.open()).as("open devices").isZero();
    assertThat(plugin.devices.violations()).isEmpty();
    assertThat(plugin.closes.get()).as("closes of the plugin").isEqualTo(1);
    assertThat(folder).isEmptyDirectory();
    Files.delete(folder);
  }
}
