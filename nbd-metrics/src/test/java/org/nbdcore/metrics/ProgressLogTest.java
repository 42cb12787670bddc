package org.nbdcore.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.nbdcore.server.CompletedRequest;
import org.nbdcore.spi.NbdError;
import org.nbdcore.spi.RequestType;

/** Lines about the throughput of exports, at times that the test chooses. */
final class ProgressLogTest {

  private static final int MIB = 1 << 20;

  private final List<String> lines = new ArrayList<>();
  private final ProgressLog progress =
      new ProgressLog(true, (export, line) -> lines.add(export + "|" + line), 0);
  private final FakeConnection disk = new FakeConnection(1, "disk");

  private void open(FakeConnection connection) {
    progress.connectionOpened(connection);
    progress.exportOpened(connection);
  }

  private void complete(FakeConnection connection, RequestType type, long offset, int length) {
    progress.requestCompleted(connection, CompletedRequest.of(type, offset, length, 1000));
  }

  private void reportAt(int seconds) {
    lines.clear();
    progress.report(Duration.ofSeconds(seconds).toNanos());
  }

  @Test
  void aLineHasTheRateSinceTheLastLineAndTheTimeLeft() {
    open(disk);
    open(new FakeConnection(2, "idle"));
    complete(disk, RequestType.READ, 0, MIB / 8);
    progress.requestCompleted(
        disk, CompletedRequest.of(RequestType.WRITE, 0, 512, 1000).withError(NbdError.EIO));
    reportAt(10);
    // an eighth of the megabyte in 10 seconds
    assertThat(lines)
        .containsExactly(
            "disk|progress: export 'disk': read 0.0 MiB/s (128 KiB), written 0.0 MiB/s (0 B),"
                + " 2 requests, 1 errors, 1 connection, at 12 % of 1.0 MiB, 1 min 10 s left",
            "idle|progress: export 'idle': read 0.0 MiB/s (0 B), written 0.0 MiB/s (0 B),"
                + " 0 requests, 0 errors, 1 connection");
    complete(disk, RequestType.READ, MIB / 2, MIB / 2);
    for (int i = 0; i < 4; i++) {
      complete(disk, RequestType.WRITE, 0, MIB / 2);
    }
    reportAt(11);
    assertThat(lines.get(0))
        .startsWith(
            "disk|progress: export 'disk': read 0.5 MiB/s (640 KiB), written 2.0 MiB/s (2.0 MiB),")
        .endsWith(" 1 connection, at 100 % of 1.0 MiB");
  }

  @Test
  void theEndOfAConnectionIsReportedAndItsExportOnceMore() {
    open(disk);
    complete(disk, RequestType.READ, 0, 512);
    progress.connectionClosed(disk, "the client disconnected");
    assertThat(lines).hasSize(1);
    assertThat(lines.get(0))
        .startsWith("disk|progress: export 'disk': connection 1 ended after ")
        .contains(": read 512 B (")
        .endsWith(" 1 requests, 0 errors: the client disconnected");
    reportAt(10);
    assertThat(lines).hasSize(1);
    assertThat(lines.get(0)).contains(" 1 requests, 0 errors, 0 connections");
    reportAt(20);
    assertThat(lines).isEmpty();
  }

  @Test
  void aClientThatOpensNoExportIsNotReported() {
    progress.connectionOpened(disk);
    progress.connectionClosed(disk, "gone");
    reportAt(10);
    assertThat(lines).isEmpty();
  }
}
