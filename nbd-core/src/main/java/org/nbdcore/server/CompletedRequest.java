package org.nbdcore.server;

import java.util.Optional;
import org.nbdcore.spi.NbdError;
import org.nbdcore.spi.RequestType;

/** A request whose result is known, for {@link ServerListener#requestCompleted}. Immutable. */
public final class CompletedRequest {

  private final RequestType type;
  private final long offset;
  private final long length;
  private final Optional<NbdError> error;
  private final long nanos;

  CompletedRequest(
      RequestType type, long offset, long length, Optional<NbdError> error, long nanos) {
    this.type = type;
    this.offset = offset;
    this.length = length;
    this.error = error;
    this.nanos = nanos;
  }

  /**
   * Returns a request that succeeded, to test a listener without a server.
   *
   * @param offset in bytes
   * @param length in bytes
   * @param nanos time from the header of the request to its result
   */
  public static CompletedRequest of(RequestType type, long offset, long length, long nanos) {
    return new CompletedRequest(type, offset, length, Optional.empty(), nanos);
  }

  /** Returns a copy that failed with this error. */
  public CompletedRequest withError(NbdError failure) {
    return new CompletedRequest(type, offset, length, Optional.of(failure), nanos);
  }

  /** The type of the request. */
  public RequestType type() {
    return type;
  }

  /** Offset in bytes; 0 for a flush. */
  public long offset() {
    return offset;
  }

  /** Length in bytes; 0 for a flush. */
  public long length() {
    return length;
  }

  /** The error in the reply; empty if the request succeeded. */
  public Optional<NbdError> error() {
    return error;
  }

  /**
   * Nanoseconds from the time when the server read the header of the request to its result. This
   * includes time in queues.
   */
  public long nanos() {
    return nanos;
  }

  @Override
  public String toString() {
    return "CompletedRequest[type="
        + type
        + ", offset="
        + offset
        + ", length="
        + length
        + ", error="
        + error
        + ", nanos="
        + nanos
        + "]";
  }
}
