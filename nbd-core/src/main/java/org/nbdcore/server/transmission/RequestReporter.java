package org.nbdcore.server.transmission;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;
import org.nbdcore.protocol.Command;
import org.nbdcore.spi.ExtentSink;
import org.nbdcore.spi.Extents;
import org.nbdcore.spi.NbdError;
import org.nbdcore.spi.RequestType;

/** Reports each request of a connection once; costs nothing if nobody listens. */
final class RequestReporter {

  private static final VarHandle RECEIVED;

  static {
    try {
      RECEIVED =
          MethodHandles.lookup().findVarHandle(RequestReporter.class, "received", long.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private final RequestEvents events; // null if nobody listens
  private final LongAdder completed = new LongAdder();
  private long received; // written by the receiver, so an increment need not be atomic

  RequestReporter(RequestEvents events) {
    this.events = events;
  }

  /** Notes when a request has come. Called by the receiver. */
  void received(Request request) {
    if (events != null && request.type != Command.DISC) {
      request.receivedAt = System.nanoTime();
      request.reported = false;
      RECEIVED.setOpaque(this, received + 1);
    }
  }

  /** How many requests have been received and not completed; 0 if nobody listens. */
  long inProgress() {
    long done = completed.sum(); // first, so the difference is never negative
    return (long) RECEIVED.getOpaque(this) - done;
  }

  /** A client learns what the ranges of the disk hold. */
  void extents(Extents extents) {
    if (events == null) {
      return;
    }
    long offset = extents.offset();
    for (int i = 0; i < extents.size(); i++) {
      events.extent(offset, extents.length(i), (extents.type(i) & ExtentSink.ZERO) == 0);
      offset += extents.length(i);
    }
  }

  /** The result of a request is known. May be called again for the same request. */
  void completed(Request request) {
    if (events == null || request.reported) {
      return;
    }
    request.reported = true;
    request.completedAt = System.nanoTime();
    completed.increment();
    RequestType type = type(request.type);
    if (type != null) {
      events.completed(
          type,
          request.offset,
          request.length,
          request.error == 0 ? Optional.empty() : Optional.of(NbdError.fromWire(request.error)),
          request.completedAt - request.receivedAt);
    }
  }

  /** The time at the end of a call. Reading the clock is costly, so a known time is used again. */
  long afterCall(Request request) {
    return events != null && request.reported ? request.completedAt : System.nanoTime();
  }

  /** The type of a command, or null for a command that does not exist. */
  private static RequestType type(int command) {
    return switch (command) {
      case Command.READ -> RequestType.READ;
      case Command.WRITE -> RequestType.WRITE;
      case Command.FLUSH -> RequestType.FLUSH;
      case Command.TRIM -> RequestType.TRIM;
      case Command.CACHE -> RequestType.CACHE;
      case Command.WRITE_ZEROES -> RequestType.ZERO;
      case Command.BLOCK_STATUS -> RequestType.EXTENTS;
      default -> null;
    };
  }
}
