package org.nbdcore.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The metrics of a server that real clients use, read by Prometheus' own tool. */
@Tag("heavy")
class MetricsIT {

  private static final int SIZE = 24 << 20;

  @RegisterExtension final Sandbox box = new Sandbox();

  @Test
  void theMetricsCountWhatNbdcopyReadAndPromtoolAcceptsThem() throws Exception {
    Path disk = Files.write(box.file("disk"), new byte[SIZE]);
    Path stats = box.file("stats");
    Server server =
        box.serve(
            "-v",
            "-D",
            "nbdkit.backend.datapath=0",
            "--metrics=:0",
            "--filter=stats",
            "--filter=retry",
            "--filter=cache",
            "file",
            disk.toString(),
            "statsfile=" + stats);
    URI address = Scraped.page(server);
    assertThat(Scraped.get(address.resolve("ready")).statusCode()).isEqualTo(200);
    box.run(Client.NBDCOPY, server.uri(), "null:").succeeded();
    box.run(Client.QEMU_IO, "-f", "raw", "-c", "write 1M 64k", "-c", "flush", server.uri())
        .succeeded();

    Scraped metrics = Scraped.of(server);
    String read = "{export=\"\",type=\"read\"}";
    assertThat(metrics.value("nbd_request_bytes_total" + read)).isGreaterThanOrEqualTo(SIZE);
    assertThat(metrics.value("nbd_request_bytes_total{export=\"\",type=\"write\"}"))
        .isEqualTo(64 << 10);
    assertThat(metrics.value("nbd_export_size_bytes{export=\"\"}")).isEqualTo(SIZE);
    assertThat(metrics.value("nbd_request_errors_total" + read)).isZero();

    assertThat(metrics.value("nbd_filter_cache_misses_total{export=\"\"}")).isPositive();
    assertThat(metrics.value("nbd_filter_retry_failures_total{export=\"\"}")).isZero();
    String page = Files.readString(Distribution.repository("docs/monitoring.md"));
    assertThat(metrics.text().lines())
        .filteredOn(line -> line.matches("# TYPE nbd_(filter|plugin)_.*"))
        .isNotEmpty()
        .allMatch(line -> page.contains("`" + line.split(" ")[2] + "`"));

    Path text = Files.writeString(box.file("metrics"), metrics.text());
    ProcessBuilder check = box.builder(Client.PROMTOOL.with("check", "metrics"));
    Ran checked = box.run(check.redirectInput(text.toFile()), Programs.TIMEOUT).succeeded();
    assertThat(checked.err() + checked.out()).isEmpty();

    assertThat(box.nbdCore("top", "--once", address.toString()).succeeded().out())
        .contains("running, up", "(default)");
    server.stop();
    assertThat(Files.readString(stats))
        .contains("read: " + metrics.value("nbd_requests_total" + read) + " ops");
  }
}
