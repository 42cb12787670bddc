package org.nbdcore.server;

import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.nbdcore.log.ServerLog;
import org.nbdcore.log.Throttle;
import org.nbdcore.server.transmission.RequestEvents;
import org.nbdcore.spi.NbdError;
import org.nbdcore.spi.RequestType;

/** Calls the listeners of a server, and logs their exceptions. */
final class ListenerCalls {

  private final ServerListener[] listeners;
  private final Throttle failures = new Throttle(ServerLog.LOG, "a listener failed");

  ListenerCalls(List<ServerListener> listeners) {
    this.listeners = listeners.toArray(ServerListener[]::new);
  }

  void starting(NbdServer server) {
    each(listener -> listener.serverStarting(server));
  }

  void opened(ServerConnection connection) {
    each(listener -> listener.connectionOpened(connection));
  }

  void exportOpened(ServerConnection connection) {
    each(listener -> listener.exportOpened(connection));
  }

  void closed(ServerConnection connection, String reason) {
    each(listener -> listener.connectionClosed(connection, reason));
  }

  private void each(Consumer<ServerListener> call) {
    for (ServerListener listener : listeners) {
      try {
        call.accept(listener);
      } catch (RuntimeException | Error e) {
        failures.failed(e.toString());
      }
    }
  }

  /** Returns the receiver of events of a connection's requests; null if there are no listeners. */
  @Nullable RequestEvents requests(ServerConnection connection) {
    if (listeners.length == 0) {
      return null;
    }
    return new RequestEvents() {
      @Override
      public void extent(long offset, long length, boolean data) {
        for (ServerListener listener : listeners) {
          try {
            listener.extentReported(connection, offset, length, data);
          } catch (RuntimeException | Error e) {
            failures.failed(e.toString());
          }
        }
      }

      @Override
      public void completed(
          RequestType type, long offset, long length, Optional<NbdError> error, long nanos) {
        CompletedRequest request = new CompletedRequest(type, offset, length, error, nanos);
        for (ServerListener listener : listeners) {
          try {
            listener.requestCompleted(connection, request);
          } catch (RuntimeException | Error e) {
            failures.failed(e.toString());
          }
        }
      }
    };
  }
}
