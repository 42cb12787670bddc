package org.nbdcore.spi;

/**
 * Receives the completion of one request to an {@link AsyncBlockDevice}.
 *
 * <p>It differs from {@link java.nio.channels.CompletionHandler} in one point: it does not learn
 * whether the request succeeded. A thread that may block finds out later, with {@link
 * AsyncResult#join}.
 */
@Experimental
@FunctionalInterface
public interface CompletionHandler {

  /**
   * Called exactly once per accepted request, on any thread, possibly before the method that
   * started the request returns. The device no longer uses the buffer. Do not block or throw here.
   */
  void completed(AsyncResult result);
}
