package org.nbdcore.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Prometheus itself scrapes a server with a token, by the configuration that docs/monitoring.md
 * shows. Run by name only, see CONTRIBUTING.md: the metrics are checked by promtool in every build.
 */
class PrometheusScrape {

  private static final int SIZE = 64 << 20;
  private static final String TOKEN = "0123456789abcdef0123456789abcdef";
  private static final Pattern LISTENING = Pattern.compile("msg=\"?Listening on\"? address=(\\S+)");
  private static final Pattern VALUE = Pattern.compile("\"value\":\\[[^,]+,\"([^\"]+)\"\\]");

  @RegisterExtension final Sandbox box = new Sandbox();

  private Path log;

  @Test
  void prometheusScrapesWithTheConfigurationOfThePage() throws Exception {
    Path token = Files.writeString(box.file("token"), TOKEN + "\n");
    Server server =
        box.serve(
            "-v",
            "-D",
            "nbdkit.backend.datapath=0",
            "--metrics=:0",
            "--metrics-token=" + token,
            "--filter=retry",
            "--filter=cache",
            "pattern",
            Integer.toString(SIZE));
    URI page = Scraped.page(server);
    assertThat(Scraped.get(page.resolve("metrics")).statusCode()).isEqualTo(401);
    Path config = Files.writeString(box.file("prometheus.yml"), configuration(page, token));
    box.run(Client.PROMTOOL, "check", "config", config.toString()).succeeded();
    Process prometheus = start(config);
    try {
      String api = await().atMost(Programs.TIMEOUT).until(this::api, found -> !found.isEmpty());
      await().atMost(Programs.TIMEOUT).until(() -> query(api, "up{job=\"nbd-core\"}") == 1);
      box.run(Client.NBDCOPY, server.uri(), "null:").succeeded();
      await()
          .atMost(Programs.TIMEOUT)
          .until(() -> query(api, "sum(nbd_request_bytes_total{type=\"read\"})") >= SIZE);
      assertThat(query(api, "sum(nbd_filter_cache_misses_total)")).isPositive();
      assertThat(query(api, "count(nbd_request_duration_seconds_bucket{type=\"read\"})"))
          .isGreaterThan(5);
    } finally {
      prometheus.destroy();
      prometheus.waitFor();
    }
    server.stop();
  }

  /** The page's, for this server, and once a second. */
  private static String configuration(URI page, Path token) throws IOException {
    String text = Files.readString(Distribution.repository("docs/monitoring.md"));
    int start = text.indexOf("    scrape_configs:");
    String block = text.substring(start, text.indexOf("\n\n", start));
    assertThat(block).contains("127.0.0.1:10810", "/etc/prometheus/nbd-core.token");
    return "global: {scrape_interval: 1s}\n"
        + block
            .stripIndent()
            .replace("127.0.0.1:10810", page.getAuthority())
            .replace("/etc/prometheus/nbd-core.token", token.toString())
        + "\n";
  }

  private Process start(Path config) throws IOException {
    log = box.file("prometheus.log");
    return box.builder(
            Client.PROMETHEUS.with(
                "--config.file=" + config,
                "--storage.tsdb.path=" + box.file("data"),
                "--web.listen-address=127.0.0.1:0"))
        .redirectErrorStream(true)
        .redirectOutput(log.toFile())
        .start();
  }

  private String api() throws IOException {
    Matcher listening = LISTENING.matcher(Files.readString(log));
    return listening.find() ? "http://" + listening.group(1) + "/api/v1/query?query=" : "";
  }

  private static double query(String api, String expression)
      throws IOException, InterruptedException {
    URI uri = URI.create(api + URLEncoder.encode(expression, StandardCharsets.UTF_8));
    Matcher value = VALUE.matcher(Scraped.get(uri).body());
    return value.find() ? Double.parseDouble(value.group(1)) : Double.NaN;
  }
}
