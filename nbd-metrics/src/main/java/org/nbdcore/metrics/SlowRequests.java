package org.nbdcore.metrics;

import java.time.Duration;
import java.util.Locale;
import org.nbdcore.server.CompletedRequest;
import org.nbdcore.server.ServerConnection;
import org.nbdcore.server.ServerListener;
import org.nbdcore.spi.Log;

/**
 * Reports each request that takes longer than a limit: as a warning in the log, and as the event
 * {@code org.nbdcore.SlowRequest} of the JDK's Flight Recorder. Add it to a server as a listener.
 */
public final class SlowRequests implements ServerListener {

  private static final Log LOG = Log.of("");

  private final long limit;

  /**
   * Creates a listener.
   *
   * @param limit time from the header of a request to its result; longer requests are reported
   */
  public SlowRequests(Duration limit) {
    this.limit = limit.toNanos();
  }

  @Override
  public void requestCompleted(ServerConnection connection, CompletedRequest request) {
    if (request.nanos() <= limit) {
      return;
    }
    String export = connection.exportName().orElse("");
    String word = request.type().name().toLowerCase(Locale.ROOT);
    SlowRequestEvent event = new SlowRequestEvent();
    event.connection = connection.number();
    event.export = export;
    event.type = word;
    event.offset = request.offset();
    event.length = request.length();
    event.error = request.error().map(Enum::name).orElse(null);
    event.elapsed = request.nanos();
    event.commit();
    LOG.warn(
        String.format(
            Locale.ROOT,
            "slow request: %s of %d bytes at %d of export '%s' took %.3f s%s",
            word,
            request.length(),
            request.offset(),
            export,
            request.nanos() / 1e9,
            request.error().map(e -> ", and failed with " + e).orElse("")));
  }
}
