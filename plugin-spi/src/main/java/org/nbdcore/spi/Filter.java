package org.nbdcore.spi;

import java.io.IOException;
import java.util.List;

/**
 * A configured filter. Every method has the next layer at hand and by default passes the call on;
 * override what the filter changes. The life cycle is that of {@link Plugin}.
 */
public interface Filter extends AutoCloseable {

  /** The most that this filter allows; the strictest layer of a chain decides. */
  default ThreadModel threadModel() {
    return ThreadModel.PARALLEL;
  }

  /**
   * Called once, after the layers further from the client have started and before any connection.
   *
   * @param next the layer below, from which a filter may open a device of its own; it must close
   *     such a device in {@link #close}
   */
  default void start(Backend next) throws IOException {}

  /**
   * The same for a filter that may ask the server to stop; overrides {@link #start(Backend)}, which
   * it calls by default.
   *
   * @param host the server, for as long as this filter is not closed
   */
  default void start(Backend next, Host host) throws IOException {
    start(next);
  }

  /** Wraps, replaces or merely passes on the device of the next layer. */
  default BlockDevice open(OpenRequest request, Backend next) throws IOException {
    return next.open(request);
  }

  /** See {@link Backend#listExports}. */
  default List<Export> listExports(OpenRequest request, Backend next) throws IOException {
    return next.listExports(request);
  }

  /** See {@link Backend#defaultExport}. */
  default String defaultExport(OpenRequest request, Backend next) throws IOException {
    return next.defaultExport(request);
  }

  /** See {@link Backend#preconnect}. */
  default void preconnect(Session session, Backend next) throws IOException {
    next.preconnect(session);
  }

  /** Releases what {@link #start} began; called before the layers below are closed. */
  @Override
  default void close() throws IOException {}
}
