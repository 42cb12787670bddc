package org.nbdcore.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.nbdcore.chain.Chain;
import org.nbdcore.testkit.ModelDevice;
import org.nbdcore.testkit.RawNbdClient;

/** Addresses of a server, and the cleanup if it cannot listen. */
@Timeout(60)
final class ListeningTest {

  @TempDir Path folder;

  private final TestPlugin plugin = TestPlugin.of(new ModelDevice(4096));
  private final Options options = new Options();

  private QuietLog log;

  @BeforeEach
  void quiet() {
    log = QuietLog.install();
  }

  private NbdServer start() throws Exception {
    return NbdServer.start(TestServer.chain(plugin), options.build());
  }

  private static void assertServes(SocketAddress address) throws IOException {
    try (RawNbdClient client = RawNbdClient.connect(address)) {
      client.handshake();
      assertThat(client.go("").size()).isEqualTo(4096);
    }
  }

  private static InetSocketAddress loopback(String host) throws IOException {
    return new InetSocketAddress(InetAddress.getByName(host), 0);
  }

  @Test
  void severalAddressesAreServedTogether() throws Exception {
    Path socket = folder.resolve("socket");
    options.listen =
        List.of(loopback("127.0.0.1"), loopback("::1"), UnixDomainSocketAddress.of(socket));
    try (NbdServer server = start()) {
      assertThat(server.addresses()).hasSize(3);
      for (SocketAddress address : server.addresses()) {
        assertServes(address);
      }
    }
    assertThat(socket).doesNotExist();
    assertThat(plugin.closes).hasValue(1);
  }

  @Test
  void aStartWithAnAddressInUseLeavesNothingBehind() throws Exception {
    Leftovers before = Leftovers.now();
    Path first = folder.resolve("first");
    try (ServerSocketChannel other = ServerSocketChannel.open().bind(loopback("127.0.0.1"))) {
      options.listen = List.of(UnixDomainSocketAddress.of(first), other.getLocalAddress());
      int port = ((InetSocketAddress) other.getLocalAddress()).getPort();
      assertThatThrownBy(this::start)
          .isInstanceOf(IOException.class)
          .hasMessageContaining("127.0.0.1 port " + port)
          .hasMessageContaining("in use");
    }
    assertThat(first).doesNotExist();
    assertThat(plugin.closes).hasValue(1);
    Leftovers.now().assertNoMoreThan(before);
  }

  @Test
  void anExistingFileIsNotReplacedByASocket() throws Exception {
    Path file = Files.writeString(folder.resolve("file"), "precious");
    options.listen = List.of(UnixDomainSocketAddress.of(file));
    assertThatThrownBy(this::start).hasMessageContaining(file.toString());
    assertThat(file).hasContent("precious");
    assertThat(plugin.closes).hasValue(1);
  }

  @Test
  void inheritedSocketsAreServedAndTheirFilesAreNotRemoved() throws Exception {
    Path socket = folder.resolve("activated");
    ServerSocketChannel inherited = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    inherited.bind(UnixDomainSocketAddress.of(socket));
    options.inherited = List.of(inherited);
    try (NbdServer server = start()) {
      assertServes(UnixDomainSocketAddress.of(socket));
      assertThat(server.addresses()).containsExactly(UnixDomainSocketAddress.of(socket));
    }
    assertThat(inherited.isOpen()).isFalse();
    assertThat(socket).exists();
  }

  @Test
  void inheritedSocketsAreClosedAlsoIfTheServerDoesNotStart() throws Exception {
    ServerSocketChannel inherited = ServerSocketChannel.open().bind(loopback("127.0.0.1"));
    options.inherited = List.of(inherited);
    options.listen = List.of(inherited.getLocalAddress());
    assertThatThrownBy(this::start).hasMessageContaining("in use");
    assertThat(inherited.isOpen()).isFalse();
  }

  @Test
  void inheritedSocketsAreClosedAlsoIfTheExportsAreWrong() throws Exception {
    ServerSocketChannel inherited = ServerSocketChannel.open().bind(loopback("127.0.0.1"));
    options.inherited = List.of(inherited);
    ServerBuilder twins =
        NbdServer.builder()
            .options(options.build())
            .export("a", TestServer.chain(plugin))
            .export("a", TestServer.chain(TestPlugin.of(new ModelDevice(512))));
    assertThatThrownBy(twins::start).hasMessage("there is an export 'a' already");
    assertThat(inherited.isOpen()).isFalse();
    assertThat(plugin.closes).hasValue(1);
  }

  @Test
  void inheritedSocketsAreClosedAlsoIfAChainIsRefused() throws Exception {
    ServerSocketChannel inherited = ServerSocketChannel.open().bind(loopback("127.0.0.1"));
    options.inherited = List.of(inherited);
    Chain chain = TestServer.chain(plugin);
    ServerBuilder twins =
        NbdServer.builder().options(options.build()).export("a", chain).export("b", chain);
    assertThatThrownBy(twins::start).hasMessageContaining("is already in use");
    assertThat(inherited.isOpen()).isFalse();
    assertThat(plugin.closes).hasValue(1);
  }

  @Test
  void aSecondStartOfABuilderLeavesTheSocketsToTheServerOfTheFirst() throws Exception {
    ServerSocketChannel inherited = ServerSocketChannel.open().bind(loopback("127.0.0.1"));
    options.inherited = List.of(inherited);
    ServerBuilder builder =
        NbdServer.builder().options(options.build()).chain(TestServer.chain(plugin));
    try (NbdServer server = builder.start()) {
      assertThatThrownBy(builder::start).hasMessageContaining("has already been started");
      assertServes(server.addresses().get(0));
    }
    assertThat(inherited.isOpen()).isFalse();
  }

  @Test
  void aSingleConnectionIsServedAndThenTheServerStops() throws Exception {
    try (ServerSocketChannel listener = ServerSocketChannel.open().bind(loopback("127.0.0.1"));
        RawNbdClient client = RawNbdClient.connect(listener.getLocalAddress())) {
      SocketChannel accepted = listener.accept();
      options.single = Optional.of(accepted);
      NbdServer server = start();
      client.handshake();
      client.go("");
      assertThat(plugin.closes).hasValue(0);
      client.drop();
      server.awaitStopped();
      assertThat(plugin.closes).hasValue(1);
      assertThat(accepted.isOpen()).isFalse();
    }
  }

  @Test
  void awaitStoppedBlocksUntilTheServerIsStopped() throws Exception {
    options.listen = List.of(loopback("127.0.0.1"));
    try (NbdServer server = start()) {
      Thread waiting =
          new Thread(
              () -> {
                try {
                  server.awaitStopped();
                } catch (InterruptedException e) {
                  throw new AssertionError(e);
                }
              });
      waiting.start();
      assertServes(server.addresses().get(0));
      waiting.join(TimeUnit.MILLISECONDS.toMillis(50));
      assertThat(waiting.isAlive()).isTrue();
      server.stop();
      waiting.join();
    }
  }

  @Test
  void aServerWithoutAnAddressServesTheClientsThatTheProgramAccepts() throws Exception {
    try (ServerSocketChannel listener = ServerSocketChannel.open().bind(loopback("127.0.0.1"))) {
      NbdServer server = NbdServer.builder().listen().export("a", TestServer.chain(plugin)).start();
      try (server) {
        assertThat(server.addresses()).isEmpty();
        for (int i = 0; i < 2; i++) {
          try (RawNbdClient client = RawNbdClient.connect(listener.getLocalAddress())) {
            server.serve(listener.accept());
            client.handshake();
            assertThat(client.go("a").size()).isEqualTo(4096);
          }
        }
        assertThat(server.state()).isEqualTo(NbdServer.State.RUNNING);
      }
      try (RawNbdClient late = RawNbdClient.connect(listener.getLocalAddress())) {
        SocketChannel accepted = listener.accept();
        server.serve(accepted);
        assertThat(late.closedByServer()).isTrue();
        assertThat(accepted.isOpen()).isFalse();
        assertThat(log.lines()).isEmpty();
      }
    }
    assertThat(plugin.closes).hasValue(1);
  }

  @Test
  void aServerWhoseAddressWasForgottenDoesNotStart() throws Exception {
    ServerBuilder forgotten = NbdServer.builder().chain(TestServer.chain(plugin));
    assertThatThrownBy(forgotten::start)
        .isInstanceOf(IllegalStateException.class)
        .hasMessage(
            "the server has no address to listen on: call listen(address), or listen() without an"
                + " address for a server whose only clients you pass to NbdServer.serve");
    assertThat(plugin.starts).hasValue(0);
    assertThat(plugin.closes).hasValue(1);
  }

  /** They may bind channels of their own, or call {@link NbdServer#serve}. */
  @Test
  void hooksMayReplaceTheAddress() throws Exception {
    ServerSocketChannel bound = ServerSocketChannel.open().bind(loopback("127.0.0.1"));
    ServerHooks hooks =
        new ServerHooks() {
          @Override
          public List<ServerSocketChannel> beforeListening() {
            return List.of(bound);
          }
        };
    try (NbdServer server =
        NbdServer.builder().chain(TestServer.chain(plugin)).hooks(hooks).start()) {
      assertServes(server.addresses().get(0));
    }
    assertThat(bound.isOpen()).isFalse();
  }

  @Test
  void allChannelsOfAHookAreClosedIfOneCannotBeUsed() throws Exception {
    ServerSocketChannel closed = ServerSocketChannel.open();
    closed.close();
    ServerSocketChannel bound = ServerSocketChannel.open().bind(loopback("127.0.0.1"));
    ServerHooks hooks =
        new ServerHooks() {
          @Override
          public List<ServerSocketChannel> beforeListening() {
            return List.of(closed, bound);
          }
        };
    ServerBuilder builder = NbdServer.builder().chain(TestServer.chain(plugin)).hooks(hooks);
    assertThatThrownBy(builder::start).isInstanceOf(ClosedChannelException.class);
    assertThat(bound.isOpen()).isFalse();
    assertThat(plugin.closes).hasValue(1);
  }
}
