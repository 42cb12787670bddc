package org.nbdcore.client;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The future of an asynchronous call, which may take several requests. Cancelling it, or completing
 * it in any other way, such as {@link CompletableFuture#orTimeout}, abandons the requests. That has
 * no effect while the reply to a read is arriving: so the buffer is never touched once the future
 * is done.
 */
final class RequestFuture extends CompletableFuture<Void> {

  private final PendingRequest[] parts;
  private final Executor executor;
  private final Runnable onSuccess;
  private final AtomicInteger left;

  /**
   * Prepares a call.
   *
   * @param executor completes the future
   * @param onSuccess runs before the future is completed
   * @param parts not sent yet; at least one
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

  /** One of the requests has ended, for whatever reason. */
  void partEnded() {
    if (left.decrementAndGet() == 0) {
      try {
        executor.execute(this::finish);
      } catch (RejectedExecutionException e) {
        finish(); // the program has ended its executor
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
    } catch (RuntimeException | Error e) { // of a visitor
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
