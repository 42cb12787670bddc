package org.nbdcore.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.nbdcore.spi.StartContext;
import org.nbdcore.spi.helpers.Uninterruptibles;
import org.nbdcore.testkit.Backends;
import org.nbdcore.testkit.ModelDevice;

/** A server with several chains whose start fails. */
@Timeout(60)
final class FailedStartTest extends ExportsTest {

  /** The address is in use: chains that run, start, are lazy or have failed must all be closed. */
  @Test
  void aStartThatFailsHalfWayClosesEveryChainOnceAndLeavesNoThread() throws Exception {
    Set<Thread> before = Thread.getAllStackTraces().keySet();
    CountDownLatch go = new CountDownLatch(1);
    TestPlugin slow =
        new TestPlugin(Backends.of(new ModelDevice(512))) {
          @Override
          public void start(StartContext context) throws IOException {
            super.start(context);
            Uninterruptibles.await(go);
          }
        };
    TestPlugin broken =
        new TestPlugin(Backends.of(new ModelDevice(512))) {
          @Override
          public void start(StartContext context) throws IOException {
            throw new IOException("broken");
          }
        };
    TestPlugin good = disk(512);
    TestPlugin lazy = disk(512);
    TestPlugin wildcard = disk(512);
    Files.createFile(folder.resolve("taken"));
    ServerOptions options =
        ServerOptions.defaults(
                List.of(
                    UnixDomainSocketAddress.of(folder.resolve("free")),
                    UnixDomainSocketAddress.of(folder.resolve("taken"))))
            .withStartTimeout(Duration.ofMillis(100));
    ServerBuilder builder =
        NbdServer.builder()
            .options(options)
            .export("slow", TestServer.chain(slow))
            .export("broken", TestServer.chain(broken))
            .export("good", TestServer.chain(good))
            .export(ServerExport.of("lazy", TestServer.chain(lazy)).withLazy(true))
            .export(ServerExport.WILDCARD, TestServer.chain(wildcard));
    assertThatThrownBy(builder::start).hasMessageContaining("cannot listen on");
    assertThat(folder.resolve("free")).doesNotExist();
    assertThat(slow.closes).as("while it starts").hasValue(0);
    go.countDown();
    List<TestPlugin> plugins = List.of(slow, broken, good, lazy, wildcard);
    await()
        .untilAsserted(
            () -> assertThat(plugins).allSatisfy(each -> assertThat(each.closes).hasValue(1)));
    assertThat(lazy.starts).hasValue(0);
    await()
        .untilAsserted(
            () ->
                assertThat(Thread.getAllStackTraces().keySet())
                    .filteredOn(thread -> !before.contains(thread))
                    .extracting(Thread::getName)
                    .noneMatch(name -> name.startsWith("nbd-")));
  }
}
