package org.nbdcore.spi;

import java.io.IOException;
import java.util.List;

/**
 * A configured filter. Every method receives the next layer and by default forwards the call to it.
 * Override what the filter changes. The life cycle is that of {@link Plugin}.
 */
public interface Filter extends AutoCloseable {

  /**
   * Returns the most permissive thread model that this filter supports. The strictest layer of a
   * chain decides.
   */
  default ThreadModel threadModel() {
    return ThreadModel.PARALLEL;
  }

  /**
   * Called once, after the layers below have started and before any connection.
   *
   * @param next the layer below. A filter may open devices of its own there. It must close them in
   *     {@link #cleanup} or {@link #close}
   * @param context the server, the log and the chain's thread model
   */
  default void start(Backend next, StartContext context) throws IOException {}

  /**
   * Opens a device: wraps, replaces or returns the device of the next layer. If wrapping fails,
   * close the device of the next layer.
   */
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

  /**
   * Reports this filter's counters since its start. Any thread may call this at any time after
   * {@link #start}, also while the layer closes. Do not block.
   */
  @Experimental
  default void counters(CounterSink sink) {}

  /**
   * Called once when the server stops, after the last connection has ended and before any layer is
   * closed. All layers are still usable. The layer nearest the client is called first. Not called
   * if the filter was not started.
   *
   * @param next the layer below, which a filter may use one last time, for example to flush
   */
  default void cleanup(Backend next) throws IOException {}

  /** Releases what {@link #start} acquired. The layers below are closed later. */
  @Override
  default void close() throws IOException {}
}
