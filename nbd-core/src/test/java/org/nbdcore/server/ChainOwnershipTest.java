package org.nbdcore.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.nbdcore.chain.Chain;
import org.nbdcore.protocol.Command;
import org.nbdcore.spi.Host;
import org.nbdcore.testkit.RawNbdClient;
import org.nbdcore.testkit.RawNbdClient.SimpleReply;

/** A chain that is passed on twice is refused, and its first owner keeps it. */
@Timeout(60)
final class ChainOwnershipTest extends ExportsTest {

  private static final String STARTED =
      "the chain of test has already been started;"
          + " build a new chain for each export and for each server";

  private final TestPlugin plugin = disk(512);

  private ServerBuilder other() {
    return NbdServer.builder().listen(UnixDomainSocketAddress.of(folder.resolve("other")));
  }

  private static void assertRefused(ThrowingCallable call, String message) {
    assertThatThrownBy(call).isInstanceOf(IllegalStateException.class).hasMessage(message);
  }

  /** The first owner still serves the disk, and has started it once. */
  private void assertStillServed(NbdServer server, String export) throws IOException {
    try (RawNbdClient client = connect(server)) {
      assertThat(client.go(export).size()).isEqualTo(512);
      client.request(0, Command.READ, 7, 0, 512);
      assertThat(client.simpleReply()).isEqualTo(new SimpleReply(0, 7));
    }
    assertThat(plugin.starts).hasValue(1);
    assertThat(plugin.closes).hasValue(0);
  }

  @Test
  void aChainOfAnotherServerIsRefusedAndTheOtherNewChainsAreClosed() throws Exception {
    TestPlugin unused = disk(1024);
    Chain chain = TestServer.chain(plugin);
    try (NbdServer server = builder().chain(chain).start()) {
      ServerBuilder second = other().export("b", TestServer.chain(unused)).export("a", chain);
      assertRefused(second::start, "the export 'a': " + STARTED);
      assertThat(unused.starts).hasValue(0);
      assertThat(unused.closes).hasValue(1);
      assertThat(folder.resolve("other")).doesNotExist();
      assertRefused(() -> other().chain(chain).start(), STARTED);
      assertStillServed(server, "");
    }
    assertThat(plugin.closes).hasValue(1);
  }

  @Test
  void aBuilderThatHasStartedAServerStartsNoSecondOneWithItsChains() throws Exception {
    ServerBuilder builder = builder().export("a", TestServer.chain(plugin));
    try (NbdServer server = builder.start()) {
      assertRefused(builder::start, "the export 'a': " + STARTED);
      assertStillServed(server, "a");
    }
    String closed = STARTED.replace("has already been started", "is closed");
    assertRefused(builder::start, "the export 'a': " + closed);
    assertThat(plugin.starts).hasValue(1);
    assertThat(plugin.closes).hasValue(1);
  }

  @Test
  void aChainUnderTwoNamesIsRefused() throws Exception {
    Chain chain = TestServer.chain(plugin);
    assertRefused(
        () -> builder().export("a", chain).export("b", chain).start(),
        "the export 'b': " + STARTED.replace("has already been started", "is already in use"));
    assertThat(plugin.starts).hasValue(0);
    assertThat(plugin.closes).hasValue(1);
  }

  @Test
  void aChainThatTheProgramHasStartedStaysTheProgramsOwn() throws Exception {
    try (Chain chain = TestServer.chain(plugin)) {
      chain.start(Host.NONE);
      assertRefused(() -> builder().chain(chain).start(), STARTED);
      assertThat(plugin.closes).hasValue(0);
    }
  }

  /** Adding an export twice, or replacing it by itself, must not close its disk. */
  @Test
  void anExportIsNotAddedTwiceOrReplacedByItself() throws Exception {
    ServerExport export = ServerExport.of("a", TestServer.chain(plugin));
    try (NbdServer server = builder().export(export).start()) {
      assertRefused(() -> server.addExport(export), "the export 'a': " + STARTED);
      ServerExport changed = export.withDescription("the same disk");
      assertRefused(() -> server.replaceExport(changed), "the export 'a': " + STARTED);
      ServerExport copy = ServerExport.of("b", export.chain());
      assertRefused(() -> server.addExport(copy), "the export 'b': " + STARTED);
      assertThat(server.exports()).extracting(ExportStatus::name).containsExactly("a");
      assertStillServed(server, "a");
      server.removeExport("a").get();
      String closed = STARTED.replace("has already been started", "is closed");
      assertRefused(() -> server.addExport(export), "the export 'a': " + closed);
    }
    assertThat(plugin.closes).hasValue(1);
  }

  /** A lazy chain has an owner too, although it has not been started. */
  @Test
  void aLazyChainIsNotClosedByAServerThatIsRefusedIt() throws Exception {
    ServerExport lazy = ServerExport.of("a", TestServer.chain(plugin)).withLazy(true);
    try (NbdServer server = builder().export(lazy).start()) {
      assertRefused(
          () -> other().export(lazy).start(),
          "the export 'a': " + STARTED.replace("has already been started", "is already in use"));
      assertStillServed(server, "a");
    }
  }
}
