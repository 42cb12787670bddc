package org.nbdcore.client;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The future of an asynchronous call, which may consist of several requests. Any completion by the
 * program, for example {@code cancel} or {@link CompletableFuture#orTimeout}, abandons the
 * requests. It has no effect while the reply to a read is arriving. Once the future is done, the
 * client therefore never touches the buffer.
 */
final class RequestFuture extends CompletableFuture<Void> {

  private final PendingRequest[] parts;
  private final Executor executor;
  private final Runnable onSuccess;
  private final AtomicInteger left;

  /**
   * Creates the future of a call.
   *
   * @param executor completes the future
   * @param onSuccess runs before the future is completed
   * @param parts requests that have not been sent; at least one
   */
  RequestFuture(Executor executor, Runnable onSuccess, PendingRequest... parts) {
    this.parts = parts;
    this.executor = executor;
    this.onSuccess = onSuccess;
    left = new AtomicInteger(parts.length);
    for (PendingRequest part : parts) {
      part.future = this;
    }
  }

  /** Called when one of the requests has ended, for any reason. */
  void partEnded() {
    if (left.decrementAndGet() == 0) {
      try {
        executor.execute(this::finish);
      } catch (RejectedExecutionException e) {
        finish(); // the program has shut its executor down
      }
    }
  }

  private void finish() {
    for (PendingRequest part : parts) {
      NbdClientException failure = part.failure();
      if (failure != null) {
        super.completeExceptionally(failure);
        return;
      }
    }
    try {
      onSuccess.run();
      super.complete(null);
    } catch (RuntimeException | Error e) { // thrown by a visitor
      super.completeExceptionally(e);
    }
  }

  private boolean abandon() {
    boolean possible = true;
    for (PendingRequest part : parts) {
      possible &= part.abandon() || !part.fillsBuffer();
    }
    return possible;
  }

  @Override
  public boolean cancel(boolean mayInterruptIfRunning) {
    return isDone() ? isCancelled() : abandon() && super.cancel(mayInterruptIfRunning);
  }

  @Override
  public boolean complete(Void value) {
    return !isDone() && abandon() && super.complete(value);
  }

  @Override
  public boolean completeExceptionally(Throwable failure) {
    return !isDone() && abandon() && super.completeExceptionally(failure);
  }
}
