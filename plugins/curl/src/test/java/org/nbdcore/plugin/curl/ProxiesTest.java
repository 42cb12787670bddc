package org.nbdcore.plugin.curl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The proxy of the parameter and those of the environment. */
@Timeout(60)
final class ProxiesTest {

  private static final String FAR = "url=http://disks.invalid/disk";

  @AutoClose private WebServer server;

  @BeforeEach
  void serve() throws IOException {
    server = new WebServer();
  }

  private String proxy() {
    return "localhost:" + server.port();
  }

  @Test
  void requestsGoThroughTheProxyThatIsNamed() throws Exception {
    try (StartedDisk disk = new StartedDisk(FAR, "proxy=" + proxy())) {
      disk.read(0, 1);
    }
    assertThat(server.last().header("Host")).isEqualTo("disks.invalid");
  }

  @Test
  void proxyOfTheEnvironmentIsUsedUnlessProxyIsEmpty() throws Exception {
    Map<String, String> environment = Map.of("http_proxy", "http://" + proxy() + "/");
    try (StartedDisk disk = new StartedDisk(environment, FAR)) {
      disk.read(0, 1);
    }
    assertThat(server.seen).hasSize(2);
    try (StartedDisk disk = new StartedDisk(environment, FAR, "proxy=")) {
      assertThatThrownBy(disk::device).hasMessageContaining("disks.invalid");
    }
    assertThat(server.seen).hasSize(2);
  }

  @Test
  void proxyGetsItsCredentials() throws Exception {
    String expected =
        "Basic " + Base64.getEncoder().encodeToString("eve:pw".getBytes(StandardCharsets.UTF_8));
    server.answer =
        exchange -> {
          if (expected.equals(exchange.getRequestHeaders().getFirst("Proxy-Authorization"))) {
            return false;
          }
          exchange.getResponseHeaders().add("Proxy-Authenticate", "Basic realm=\"proxy\"");
          exchange.sendResponseHeaders(407, -1);
          return true;
        };
    try (StartedDisk disk =
        new StartedDisk(FAR, "proxy=" + proxy(), "proxy-user=eve", "proxy-password=pw")) {
      disk.read(0, 1);
    }
    try (StartedDisk disk = new StartedDisk(FAR, "proxy=eve:pw@" + proxy())) {
      disk.read(0, 1);
    }
    try (StartedDisk disk = new StartedDisk(FAR, "proxy=" + proxy())) {
      assertThatThrownBy(disk::device).hasMessageContaining("407");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "http://a.example.com/, one",
    "https://a.example.com/, two",
    "http://deep.inner.example.org/, ",
    "http://inner.example.org/, ",
    "http://notinner.example.org/, one",
    "https://exact.example.net/, ",
  })
  void proxyOfTheEnvironmentDependsOnProtocolAndHost(String uri, String host) throws Exception {
    Proxies proxies =
        new Proxies(
            Optional.empty(),
            Map.of(
                "http_proxy", "one",
                "HTTP_PROXY", "never",
                "HTTPS_PROXY", "two",
                "NO_PROXY", ".inner.example.org, exact.example.net"));
    assertThat(proxies.of(URI.create(uri)).map(Proxies.Proxy::host))
        .isEqualTo(Optional.ofNullable(host));
  }

  /** As Kubernetes and OpenShift set it. */
  @ParameterizedTest
  @CsvSource({
    "10.1.2.3, false",
    "11.1.2.3, true",
    "172.30.200.1, false",
    "172.31.0.1, true",
    "192.0.2.7, false",
    "192.0.2.77, true",
    "10.0.0.1.example.com, true",
    "a.svc, false",
    "svc, false",
    "[fd00::1], false",
    "[fd01::1], true",
    "[2001:db8::1], false",
    "[2001:db8:0::2], true",
    "203.0.113.1, true",
  })
  void noProxyMatchesDomainsAddressesAndNetworks(String host, boolean proxied) throws Exception {
    String list =
        ".svc,10.0.0.0/8,172.30.0.0/16 192.0.2.7,FD00::/16,2001:db8::1,203.0.113.1/33,1.2/x,/,";
    Proxies proxies = new Proxies(Optional.empty(), Map.of("http_proxy", "one", "no_proxy", list));
    assertThat(proxies.of(URI.create("http://" + host + ":80/")).isPresent()).isEqualTo(proxied);
  }

  @Test
  void allProxyIsUsedIfTheProtocolHasNoProxy() throws Exception {
    URI uri = URI.create("http://a.example.com/");
    assertThat(new Proxies(Optional.empty(), Map.of("ALL_PROXY", "socks5://s:9")).of(uri))
        .contains(new Proxies.Proxy(true, "s", 9, Optional.empty()));
    assertThat(new Proxies(Optional.empty(), Map.of("all_proxy", "s", "no_proxy", "*")).of(uri))
        .isEmpty();
    assertThat(new Proxies(Optional.of("u:p@[::1]"), Map.of()).of(uri))
        .contains(new Proxies.Proxy(false, "[::1]", 1080, Optional.of("u:p")));
  }
}
