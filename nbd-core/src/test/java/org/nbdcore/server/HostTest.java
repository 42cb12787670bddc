package org.nbdcore.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.nbdcore.chain.Chain;
import org.nbdcore.spi.Backend;
import org.nbdcore.spi.Config;
import org.nbdcore.spi.Filter;
import org.nbdcore.spi.FilterProvider;
import org.nbdcore.spi.Host;
import org.nbdcore.spi.StartContext;
import org.nbdcore.testkit.ModelDevice;
import org.nbdcore.testkit.TestProviders;

/** A filter can ask for the server's name, and stop the server. */
@Timeout(60)
final class HostTest {

  private final AtomicReference<Host> host = new AtomicReference<>();
  private final TestPlugin plugin = TestPlugin.of(new ModelDevice(512));
  private boolean stopDuringStart;
  private String name; // null for the default

  private NbdServer start() throws Exception {
    QuietLog.install();
    Config emptyConfig = Config.builder(List.of()).build();
    FilterProvider filter = TestProviders.filter("stopping", HostFilter::new);
    Chain chain = Chain.builder().filter(filter, emptyConfig).plugin(plugin, emptyConfig).build();
    ServerOptions options =
        ServerOptions.defaults(List.of(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)));
    return NbdServer.start(chain, name == null ? options : options.withServerName(name));
  }

  @Test
  void aFilterStopsARunningServer() throws Exception {
    NbdServer server = start();
    assertThat(plugin.closes.get()).isZero();
    host.get().stop();
    host.get().stop();
    server.awaitStopped();
    assertThat(plugin.closes.get()).isOne();
  }

  @Test
  void aFilterLearnsTheServersName() throws Exception {
    start().close();
    assertThat(host.get().serverName()).isEqualTo("nbd-core");
    name = "archive-7";
    start().close();
    assertThat(host.get().serverName()).isEqualTo("archive-7");
  }

  @Test
  void aStopDuringStartTakesEffectAfterTheStart() throws Exception {
    stopDuringStart = true;
    NbdServer server = start();
    assertThat(server.addresses()).hasSize(1);
    server.awaitStopped();
    assertThat(plugin.closes.get()).isOne();
  }

  /** Stores its host, and stops the server during the start if the test says so. */
  private final class HostFilter implements Filter {
    @Override
    public void start(Backend next, StartContext context) {
      host.set(context.host());
      if (stopDuringStart) {
        context.host().stop();
      }
    }
  }
}
