package org.nbdcore.metrics;

import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.nbdcore.server.ExportStatus;
import org.nbdcore.server.NbdServer;

/**
 * Whether a server accepts clients and all exports that start with it are running.
 *
 * @param reason why not, or "ready"; one human-readable line
 */
record Readiness(boolean ready, String reason) {

  static Readiness of(ServerMetrics metrics) {
    Optional<NbdServer> server = metrics.server();
    if (server.isEmpty()) {
      return new Readiness(false, "the server has not started yet");
    }
    String problem =
        switch (server.get().state()) {
          case STARTING -> "the server is starting";
          case RUNNING -> exports(metrics.listed());
          case DRAINING -> "the server is draining: it accepts no new clients";
          case STOPPING -> "the server is stopping";
          case STOPPED -> "the server has stopped";
        };
    return problem.isEmpty() ? new Readiness(true, "ready") : new Readiness(false, problem);
  }

  /** The problem with the exports, or the empty string. */
  private static String exports(List<ExportStatus> exports) {
    return exports.stream()
        .filter(Readiness::missing)
        .map(export -> "export " + export)
        .collect(Collectors.joining(", "));
  }

  private static boolean missing(ExportStatus export) {
    return !export.lazy() && export.state() != ExportStatus.State.RUNNING;
  }
}
