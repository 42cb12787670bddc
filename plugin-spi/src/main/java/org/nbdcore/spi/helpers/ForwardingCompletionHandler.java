package org.nbdcore.spi.helpers;

import java.io.IOException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.nbdcore.spi.AsyncResult;
import org.nbdcore.spi.CompletionHandler;

/**
 * Wraps the caller's handler, to act when an asynchronous request is over. Pass it to the next
 * device in place of the caller's handler. Most filters use {@link BlockDevices#observed} instead.
 */
public abstract class ForwardingCompletionHandler implements CompletionHandler, AsyncResult {

  private final CompletionHandler caller;
  private @Nullable AsyncResult result; // set before the caller's handler is called

  /** Wraps the caller's handler. */
  protected ForwardingCompletionHandler(CompletionHandler caller) {
    this.caller = caller;
  }

  @Override
  public final void completed(AsyncResult newResult) {
    result = newResult;
    caller.completed(this);
  }

  @Override
  public final void join() throws IOException {
    boolean succeeded = false;
    try {
      Objects.requireNonNull(result, "the request is not complete").join();
      succeeded = true;
    } finally {
      afterCompletion(succeeded);
    }
  }

  /** Called once when the request is over, by a thread that may block. */
  protected abstract void afterCompletion(boolean succeeded);
}
