package org.nbdcore.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.management.ObjectName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nbdcore.spi.ConfigException;

/** The options --metrics and --metrics-token, and the command top. */
final class MonitoringTest extends CliTestCase {

  @ParameterizedTest
  @CsvSource({
    "127.0.0.1, 127.0.0.1, 10810",
    "127.0.0.1:9, 127.0.0.1, 9",
    ":9, 127.0.0.1, 9",
    "::1, 0:0:0:0:0:0:0:1, 10810",
    "[::1], 0:0:0:0:0:0:0:1, 10810",
    "[::1]:9, 0:0:0:0:0:0:0:1, 9",
    "0.0.0.0:0, 0.0.0.0, 0"
  })
  void theMetricsAddressMayHaveAPort(String text, String host, int port) throws Exception {
    InetSocketAddress address = MetricsAddress.parse(text);
    assertThat(address.getAddress().getHostAddress()).isEqualTo(host);
    assertThat(address.getPort()).isEqualTo(port);
  }

  @Test
  void aMalformedMetricsAddressIsAnError() {
    assertThatThrownBy(() -> MetricsAddress.parse("9100"))
        .isInstanceOf(ConfigException.class)
        .hasMessage("--metrics must be ADDRESS, ADDRESS:PORT or :PORT, not '9100'");
    assertThatThrownBy(() -> MetricsAddress.parse("127.0.0.1:x"))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("--metrics");
    assertThatThrownBy(() -> MetricsAddress.parse(":65536"))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("65535");
  }

  @Test
  void aMetricsAddressThatOtherHostsReachNeedsAToken() {
    assertRefused(
        "--metrics=0.0.0.0 can be reached from other hosts, so it needs --metrics-token=FILE",
        "-fU-",
        "ram",
        "1M",
        "--metrics=0.0.0.0");
    assertRefused(
        "--metrics-token has no effect without --metrics",
        "-fU-",
        "ram",
        "1M",
        "--metrics-token=file");
  }

  @Test
  void anInvalidTokenIsAnErrorThatDoesNotShowIt() throws IOException {
    Path file = Files.writeString(folder.resolve("token"), "secret");
    assertRefused(
        file
            + ": a token must be one line of 16 to 1024 visible ASCII characters, such as openssl"
            + " rand -hex 20 prints",
        "-fU-",
        "ram",
        "1M",
        "--metrics=:0",
        "--metrics-token=" + file);
  }

  @Test
  void aMetricsPortThatIsInUseIsNamed() throws IOException {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      assertThat(run("-fU-", "ram", "1M", "--metrics=:" + taken.getLocalPort())).isEqualTo(1);
      assertThat(err())
          .contains("--metrics: cannot listen on 127.0.0.1 port " + taken.getLocalPort());
    }
  }

  @Test
  void mbeansAreUnregisteredWhenTheServerEnds() throws Exception {
    assertThat(run("ram", "1M", "--metrics=:0", "--run", "true")).isZero();
    assertThat(err()).isEmpty();
    ObjectName ours = new ObjectName("org.nbdcore:*");
    assertThat(ManagementFactory.getPlatformMBeanServer().queryNames(ours, null)).isEmpty();
  }

  @Test
  void errorsOfTopNameTheReason() throws IOException {
    int free;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      free = socket.getLocalPort();
    }
    assertThat(run("top", "--once", "127.0.0.1:" + free)).isEqualTo(1);
    assertThat(err())
        .startsWith("nbd-core: error: top: http://127.0.0.1:" + free + "/status.json: ")
        .endsWith("; is the server running with --metrics?\n");
    assertThat(run("top", "--twice")).isEqualTo(1);
    assertThat(err())
        .isEqualTo("nbd-core: error: top: unknown argument '--twice'; nbd-core top --help\n");
    assertThat(run("top", "ftp://x")).isEqualTo(1);
    assertThat(err()).contains("the URL must be that of a status page");
    assertThat(run("top", "--help")).isZero();
    assertThat(out()).contains("usage: nbd-core top [--once]");
  }
}
