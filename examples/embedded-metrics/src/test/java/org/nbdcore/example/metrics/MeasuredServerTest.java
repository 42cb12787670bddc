package org.nbdcore.example.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;
import org.nbdcore.client.ConnectOptions;
import org.nbdcore.client.NbdClient;

class MeasuredServerTest {

  @Test
  void metricsCountConnectionsRequestsAndBytes() throws Exception {
    try (MeasuredServer server = new MeasuredServer("1M")) {
      try (NbdClient client = NbdClient.connect(server.diskAddress(), ConnectOptions.defaults())) {
        client.write(ByteBuffer.allocate(4096), 0);
        client.write(ByteBuffer.allocate(512), 8192);
        client.read(ByteBuffer.allocate(1000), 0);
        client.read(ByteBuffer.allocate(1), 0);

        String metrics =
            HttpClient.newHttpClient()
                .send(
                    HttpRequest.newBuilder(server.statusPage().resolve("metrics")).build(),
                    HttpResponse.BodyHandlers.ofString())
                .body();
        assertThat(metrics.lines())
            .contains("nbd_connections{export=\"\"} 1.0")
            .contains("nbd_requests_total{export=\"\",type=\"write\"} 2.0")
            .contains("nbd_request_bytes_total{export=\"\",type=\"write\"} 4608.0")
            .contains("nbd_request_bytes_total{export=\"\",type=\"read\"} 1001.0")
            .contains("nbd_request_errors_total{export=\"\",type=\"trim\"} 0.0");
      }
    }
  }
}
