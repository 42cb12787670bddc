package org.nbdcore.metrics.status;

import com.google.gson.Gson;
import com.google.gson.JsonParseException;
import java.util.List;

/**
 * The data of the status page, as JSON. Rates are in bytes per second, sizes and positions in
 * bytes.
 *
 * @param version of nbd-core
 * @param name of the server in its messages
 * @param state {@code starting}, {@code running}, {@code draining}, {@code stopping} or {@code
 *     stopped}
 * @param problem why the server is not ready; empty if it is ready
 * @param actions true if the token allows to disconnect clients and to drain the server
 * @param uptimeSeconds since the server started
 * @param memoryInUse of requests and replies
 * @param memoryLimit maximum of memoryInUse
 * @param threads of the process
 * @param interval seconds between two values of a history
 */
public record ServerStatus(
    String version,
    String name,
    String state,
    String problem,
    boolean actions,
    long uptimeSeconds,
    long memoryInUse,
    long memoryLimit,
    int threads,
    double interval,
    Rates rates,
    List<ExportView> exports,
    List<ConnectionView> connections,
    List<MessageView> messages) {

  /**
   * Current and recent throughput.
   *
   * @param read current rate
   * @param written current rate
   * @param readHistory the oldest first
   * @param writtenHistory the oldest first
   */
  public record Rates(
      double read, double written, List<Double> readHistory, List<Double> writtenHistory) {}

  /**
   * An export.
   *
   * @param state of the chain; {@code running} if it is not known
   * @param failure why the chain failed to start; may be null
   * @param size 0 if it was never opened
   * @param position end of the highest range that an open connection has read or written
   * @param data bytes of data in the extents that clients of open connections have queried
   * @param dataRead bytes that these clients have read
   * @param secondsLeft until the position reaches the end at the current speed; null if unknown
   */
  public record ExportView(
      String name,
      String description,
      String state,
      String failure,
      int connections,
      long size,
      long position,
      long data,
      long dataRead,
      Long secondsLeft,
      long requests,
      long errors,
      long inProgress,
      long bytesRead,
      long bytesWritten,
      Rates rates) {}

  /**
   * A client.
   *
   * @param peer its address, or {@code Unix socket}
   * @param identity the name in its certificate or of its pre-shared key; may be null
   * @param export null during the handshake
   */
  public record ConnectionView(
      long number,
      String peer,
      String identity,
      boolean tls,
      String export,
      long seconds,
      long position,
      long requests,
      long errors,
      long inProgress,
      long bytesRead,
      long bytesWritten) {}

  /**
   * A warning or an error of the log.
   *
   * @param secondsAgo time since the message was logged, in seconds
   * @param level {@code warn} or {@code error}
   */
  public record MessageView(long secondsAgo, String level, String text) {}

  /** Returns the JSON text; characters with a meaning in HTML are escaped. */
  public String toJson() {
    return new Gson().toJson(this);
  }

  /**
   * Parses the JSON text.
   *
   * @throws IllegalArgumentException if the text is not such a document
   */
  public static ServerStatus parse(String json) {
    try {
      ServerStatus status = new Gson().fromJson(json, ServerStatus.class);
      if (status == null || status.exports == null || status.connections == null) {
        throw new IllegalArgumentException("the reply is not the status of an nbd-core server");
      }
      return status;
    } catch (JsonParseException e) {
      throw new IllegalArgumentException("the reply is not the status of an nbd-core server", e);
    }
  }
}
