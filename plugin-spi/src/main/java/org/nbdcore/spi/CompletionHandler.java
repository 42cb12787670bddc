package org.nbdcore.spi;

/**
 * Receives the completion of one request to an {@link AsyncBlockDevice}.
 *
 * <p>It differs from {@link java.nio.channels.CompletionHandler} in one point: whether the request
 * succeeded is asked later, with {@link AsyncResult#join}, by a thread that may block.
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
