package org.nbdcore.server.transmission;

import java.util.concurrent.atomic.AtomicReference;
import org.nbdcore.log.ServerLog;
import org.nbdcore.spi.AsyncResult;
import org.nbdcore.spi.CompletionHandler;

/**
 * Accepts the completion of one asynchronous read or write, once. Request objects are reused, so
 * without this class, a second completion from a faulty device would complete another request.
 * Allocates one small object for each request.
 */
final class OneShotCompletion extends AtomicReference<Request> implements CompletionHandler {

  private static final long serialVersionUID = 1L;

  OneShotCompletion(Request request) {
    super(request);
  }

  @Override
  public void completed(AsyncResult result) {
    Request request = getAndSet(null);
    if (request == null) {
      ServerLog.LOG.error(
          "a device completed a request twice, or one that it had declined; ignored");
      return;
    }
    request.completed(result);
  }

  /** Accepts no further completion; returns false if there already was one. */
  boolean withdraw() {
    return getAndSet(null) != null;
  }
}
