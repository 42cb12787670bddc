package org.nbdcore.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The metrics of a server that real clients use, read by Prometheus' own tool. */
@Tag("heavy")
class MetricsIT {

  private static final Pattern ADDRESS = Pattern.compile("status page at (http://\\S+)");
  private static final int SIZE = 24 << 20;

  @RegisterExtension final Sandbox box = new Sandbox();

  private static URI address(Server server) throws Exception {
    Matcher address = ADDRESS.matcher(server.errors());
    assertThat(address.find()).as(server.errors()).isTrue();
    return URI.create(address.group(1));
  }

  private static HttpResponse<String> get(URI uri) throws Exception {
    return HttpClient.newHttpClient()
        .send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
  }

  private static long value(String metrics, String sample) {
    return (long)
        metrics
            .lines()
            .filter(line -> line.startsWith(sample + " "))
            .mapToDouble(line -> Double.parseDouble(line.substring(sample.length() + 1)))
            .findFirst()
            .orElseThrow(() -> new AssertionError("no " + sample + " in\n" + metrics));
  }

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
            "file",
            disk.toString(),
            "statsfile=" + stats);
    URI page = address(server);
    assertThat(get(page.resolve("ready")).statusCode()).isEqualTo(200);
    box.run(Client.NBDCOPY, server.uri(), "null:").succeeded();
    box.run(Client.QEMU_IO, "-f", "raw", "-c", "write 1M 64k", "-c", "flush", server.uri())
        .succeeded();

    String metrics = get(page.resolve("metrics")).body();
    String read = "{export=\"\",type=\"read\"}";
    assertThat(value(metrics, "nbd_request_bytes_total" + read)).isGreaterThanOrEqualTo(SIZE);
    assertThat(value(metrics, "nbd_request_bytes_total{export=\"\",type=\"write\"}"))
        .isEqualTo(64 << 10);
    assertThat(value(metrics, "nbd_export_size_bytes{export=\"\"}")).isEqualTo(SIZE);
    assertThat(value(metrics, "nbd_request_errors_total" + read)).isZero();

    Path text = Files.writeString(box.file("metrics"), metrics);
    ProcessBuilder check = box.builder(Client.PROMTOOL.with("check", "metrics"));
    Ran checked = box.run(check.redirectInput(text.toFile()), Programs.PATIENCE).succeeded();
    assertThat(checked.err() + checked.out()).isEmpty();

    assertThat(box.nbdCore("top", "--once", page.toString()).succeeded().out())
        .contains("running, up", "(default)");
    server.stop();
    assertThat(Files.readString(stats))
        .contains("read: " + value(metrics, "nbd_requests_total" + read) + " ops");
  }
}
