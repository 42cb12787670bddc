package org.nbdcore.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.nbdcore.client.NbdClient;
import org.nbdcore.client.NbdClientException;
import org.nbdcore.server.CompletedRequest;
import org.nbdcore.spi.Flags;
import org.nbdcore.spi.NbdError;
import org.nbdcore.spi.RequestType;
import org.nbdcore.testkit.FaultPlan;
import org.nbdcore.testkit.FaultyDevice;
import org.nbdcore.testkit.ModelDevice;
import org.nbdcore.testkit.Operation;

/** What Prometheus reads equals what clients did. */
@Timeout(120)
final class MetricsTest {

  private static final String HOSTILE = "<script>alert(1)</script>\"\\\nx";

  private static PrometheusText scrape(ObservedServer server) throws Exception {
    return new PrometheusText(server.get("/metrics").body());
  }

  @Test
  void theMetricsCountWhatClientsDid() throws Exception {
    FaultPlan plan = new FaultPlan();
    plan.failNth(Operation.READ, 3, NbdError.EIO);
    try (ObservedServer server =
        ObservedServer.of(new FaultyDevice(new ModelDevice(1 << 20), plan))) {
      try (NbdClient client = server.connect("disk")) {
        client.write(ByteBuffer.allocate(4096), 0);
        client.write(ByteBuffer.allocate(512), 8192);
        client.zero(65536, 4096, Flags.NONE);
        client.flush();
        client.read(ByteBuffer.allocate(1000), 0);
        client.read(ByteBuffer.allocate(1), 0);
        assertThatThrownBy(() -> client.read(ByteBuffer.allocate(512), 1024))
            .isInstanceOf(NbdClientException.class);
        PrometheusText open = scrape(server);
        assertThat(open.value("nbd_connections", "export=disk")).isEqualTo(1);
        assertThat(open.value("nbd_export_position_bytes", "export=disk")).isEqualTo(65536 + 4096);
        assertThat(open.value("nbd_export_size_bytes", "export=disk")).isEqualTo(1 << 20);
        assertThat(open.value("nbd_requests_in_progress", "export=disk")).isZero();
        assertCounts(open);
      }
      await()
          .atMost(ObservedServer.TIMEOUT)
          .until(() -> scrape(server).value("nbd_connections", "export=disk") == 0);
      PrometheusText ended = scrape(server);
      assertCounts(ended); // the counts of connections that have ended remain
      assertThat(ended.value("nbd_export_position_bytes", "export=disk")).isZero();
    }
  }

  private static void assertCounts(PrometheusText text) {
    assertThat(text.value("nbd_requests_total", "export=disk", "type=write")).isEqualTo(2);
    assertThat(text.value("nbd_requests_total", "export=disk", "type=read")).isEqualTo(3);
    assertThat(text.value("nbd_requests_total", "export=disk", "type=trim")).isZero();
    assertThat(text.value("nbd_requests_total", "export=disk", "type=flush")).isEqualTo(1);
    assertThat(text.value("nbd_request_bytes_total", "export=disk", "type=write")).isEqualTo(4608);
    assertThat(text.value("nbd_request_bytes_total", "export=disk", "type=read")).isEqualTo(1001);
    assertThat(text.value("nbd_request_bytes_total", "export=disk", "type=zero")).isEqualTo(4096);
    assertThat(text.value("nbd_request_errors_total", "export=disk", "type=read")).isEqualTo(1);
    assertThat(text.value("nbd_request_errors_total", "export=disk", "type=write")).isZero();
    String histogram = "nbd_request_duration_seconds";
    assertThat(text.value(histogram + "_count", "export=disk", "type=read")).isEqualTo(3);
    assertThat(text.value(histogram + "_sum", "export=disk", "type=read")).isPositive();
    assertThat(text.value(histogram + "_bucket", "export=disk", "type=read", "le=+Inf"))
        .isEqualTo(3);
    assertThat(text.value("nbd_connections_opened_total", "export=disk")).isEqualTo(1);
  }

  /** Two clients share a copy; a range whose extents a client gets twice counts once. */
  @Test
  void theDataReadIsDerivedFromTheExtentsSentToClients() throws Exception {
    ServerMetrics metrics = new ServerMetrics();
    FakeConnection one = new FakeConnection(1, "disk");
    FakeConnection other = new FakeConnection(2, "disk");
    for (FakeConnection each : List.of(one, other)) {
      metrics.connectionOpened(each);
      metrics.exportOpened(each);
    }
    metrics.extentReported(one, 0, 4096, true);
    metrics.extentReported(one, 4096, 8192, false);
    metrics.extentReported(one, 2048, 4096, true); // nothing new
    metrics.extentReported(one, 8192, 8192, true); // 4096 bytes are new
    metrics.extentReported(other, 1 << 20, 512, true);
    metrics.requestCompleted(one, CompletedRequest.of(RequestType.READ, 0, 1024, 1));
    metrics.requestCompleted(other, CompletedRequest.of(RequestType.READ, 1 << 20, 512, 1));
    ExportMetrics export = metrics.exports().get(0);
    assertThat(export.data()).isEqualTo(4096 + 4096 + 512);
    assertThat(export.dataRead()).isEqualTo(1024 + 512);
    metrics.connectionClosed(one, "the client disconnected");
    assertThat(export.data()).isEqualTo(512);
    assertThat(export.dataRead()).isEqualTo(512);
  }

  @Test
  void theNameOfAnExportCanBeAnyText() throws Exception {
    try (ObservedServer server =
        new ObservedServer(Optional.empty()).export(HOSTILE, new ModelDevice(4096)).start()) {
      try (NbdClient client = server.connect(HOSTILE)) {
        client.read(ByteBuffer.allocate(512), 0);
        PrometheusText text = scrape(server);
        assertThat(text.value("nbd_requests_total", "export=" + HOSTILE, "type=read")).isEqualTo(1);
        String json = server.get("/status.json").body();
        assertThat(json).contains("\\u003cscript\\u003e").doesNotContain("<script");
      }
    }
  }

  @Test
  void aClientThatOpensNoExportIsCountedAsAHandshake() throws Exception {
    try (ObservedServer server = ObservedServer.of(new ModelDevice(4096))) {
      assertThatThrownBy(() -> server.connect("other")).isInstanceOf(java.io.IOException.class);
      await()
          .atMost(ObservedServer.TIMEOUT)
          .until(() -> scrape(server).value("nbd_handshakes_ended_total") == 1);
      PrometheusText text = scrape(server);
      assertThat(text.value("nbd_handshakes")).isZero();
      assertThat(text.has("nbd_connections", "export=other")).isFalse();
    }
  }

  /** A chain that accepts every name must not let clients fill the memory with names. */
  @Test
  void theNumberOfExportNamesInMetricsIsLimited() throws Exception {
    ServerMetrics metrics = new ServerMetrics();
    int more = 25;
    for (int i = 0; i < ServerMetrics.MAX_EXPORTS + more; i++) {
      FakeConnection connection = new FakeConnection(i, "name" + i);
      metrics.connectionOpened(connection);
      metrics.exportOpened(connection);
      metrics.connectionClosed(connection, "the client disconnected");
    }
    assertThat(metrics.exports()).hasSize(ServerMetrics.MAX_EXPORTS + 1);
    assertThat(
            metrics.exports().stream()
                .filter(export -> export.name().equals(ServerMetrics.OTHERS))
                .mapToLong(ExportMetrics::openedConnections)
                .sum())
        .isEqualTo(more);
  }

  @Test
  void everyMetricHasAHelpTextAndIsInTheTableOfItsPage() throws Exception {
    try (ObservedServer server = ObservedServer.of(new ModelDevice(4096))) {
      server.connect("disk").close();
      PrometheusText text = scrape(server);
      assertThat(text.helped()).isEqualTo(text.types().keySet());
      assertThat(documented(Path.of("../docs/monitoring.md"))).isEqualTo(text.types());
    }
  }

  /**
   * The rows of the tables whose first cell is a metric of the server: name and type. Those of
   * plugins and filters are in a table of their own.
   */
  private static Map<String, String> documented(Path page) throws Exception {
    Map<String, String> rows = new TreeMap<>();
    for (String line : Files.readAllLines(page)) {
      String[] cells = line.split("\\|");
      if (cells.length > 2
          && cells[1].strip().startsWith("`nbd_")
          && !cells[1].matches(" `nbd_(plugin|filter)_.*")) {
        rows.put(cells[1].strip().replace("`", ""), cells[2].strip());
      }
    }
    return rows;
  }
}
