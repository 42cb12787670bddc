package org.nbdcore.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nbdcore.server.CompletedRequest;
import org.nbdcore.spi.NbdError;
import org.nbdcore.spi.RequestType;
import org.nbdcore.testkit.CapturedLog;

/** Requests over the limit are in the log and in a recording, others are in neither. */
final class SlowRequestsTest {

  @Test
  void aSlowRequestIsLoggedAndRecorded(@TempDir Path folder) throws Exception {
    CapturedLog log = CapturedLog.start();
    Path file = folder.resolve("recording.jfr");
    SlowRequests slow = new SlowRequests(Duration.ofMillis(100));
    FakeConnection connection = new FakeConnection(7, "disk");
    try (Recording recording = new Recording()) {
      recording.enable("org.nbdcore.SlowRequest");
      recording.start();
      slow.requestCompleted(
          connection,
          CompletedRequest.of(RequestType.READ, 0, 512, Duration.ofMillis(100).toNanos()));
      slow.requestCompleted(
          connection,
          CompletedRequest.of(RequestType.WRITE, 4096, 65536, Duration.ofMillis(1234).toNanos())
              .withError(NbdError.EIO));
      recording.stop();
      recording.dump(file);
    }
    assertThat(log.withLevels())
        .containsExactly(
            "WARN slow request: write of 65536 bytes at 4096 of export 'disk' took 1.234 s, and"
                + " failed with EIO");
    List<RecordedEvent> events = RecordingFile.readAllEvents(file);
    assertThat(events).hasSize(1);
    RecordedEvent event = events.get(0);
    assertThat(event.getEventType().getName()).isEqualTo("org.nbdcore.SlowRequest");
    assertThat(event.getLong("connection")).isEqualTo(7);
    assertThat(event.getString("export")).isEqualTo("disk");
    assertThat(event.getString("type")).isEqualTo("write");
    assertThat(event.getLong("offset")).isEqualTo(4096);
    assertThat(event.getString("error")).isEqualTo("EIO");
    assertThat(event.getDuration("elapsed")).isEqualTo(Duration.ofMillis(1234));
  }
}
