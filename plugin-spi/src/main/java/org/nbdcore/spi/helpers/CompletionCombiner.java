package org.nbdcore.spi.helpers;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.nbdcore.spi.AsyncResult;
import org.nbdcore.spi.CompletionHandler;
import org.nbdcore.spi.Log;

/**
 * Splits one asynchronous request into parts that run in parallel. Completes the request once, when
 * all parts are complete. If parts fail, the request fails with the failure of the first failed
 * part; the other failures are its suppressed exceptions. A part that completes a second time is
 * ignored.
 *
 * <pre>{@code
 * CompletionCombiner combiner = new CompletionCombiner(handler);
 * for (…) {
 *   if (!combiner.add(part -> async.readAsync(piece, at, part), () -> async.read(piece, at))) {
 *     return false;
 *   }
 * }
 * combiner.finish();
 * return true;
 * }</pre>
 *
 * <p>One thread adds the parts and calls {@link #finish}; the parts may complete on any thread, at
 * any time. If you only need to split requests that are too long, use {@link
 * SplitRequests#readAsync} and {@link SplitRequests#writeAsync}.
 */
public final class CompletionCombiner {

  /** Starts a part. */
  @FunctionalInterface
  public interface AsyncStart {
    /**
     * Starts the part, as {@link org.nbdcore.spi.AsyncBlockDevice#readAsync} does.
     *
     * @return false if the device declines
     */
    boolean start(CompletionHandler part) throws IOException;
  }

  /** Executes a part, and blocks until it is complete. */
  @FunctionalInterface
  public interface BlockingCall {
    /** Executes the part. */
    void run() throws IOException;
  }

  private static final Log LOG = Log.of("");
  private static final AsyncResult WITHDRAWN = () -> {};

  private final CompletionHandler handler;
  private final AtomicInteger pending = new AtomicInteger(1); // open parts, plus 1 until finish()
  private final List<Part> parts = new ArrayList<>(); // no longer changes after finish()
  private @Nullable Throwable failure; // of the last part if it did not start; likewise
  private boolean finished;

  /**
   * Creates a combiner without parts.
   *
   * @param handler the handler of the request that is split; called once after {@link #finish}
   */
  public CompletionCombiner(CompletionHandler handler) {
    this.handler = handler;
  }

  /**
   * Starts one more part. If the device declines this part and an earlier part has started, this
   * method executes {@code fallback} and blocks. After a failure, it starts no further parts.
   *
   * @return false if the device declines the first part. Then nothing was started, the handler is
   *     not called, and the caller should decline the whole request
   * @throws IOException if the first part failed at once; then the handler is not called
   */
  public boolean add(AsyncStart start, BlockingCall fallback) throws IOException {
    if (failure != null) {
      return true;
    }
    Part part = new Part();
    pending.incrementAndGet();
    try {
      if (start.start(part) || !part.withdraw()) {
        parts.add(part);
        return true;
      }
      pending.decrementAndGet();
      if (parts.isEmpty()) {
        return false;
      }
      fallback.run();
    } catch (IOException | RuntimeException | Error e) {
      if (part.withdraw()) {
        pending.decrementAndGet();
      } else if (part.get() != WITHDRAWN) {
        parts.add(part); // the part has completed, so its own result counts
        return true;
      }
      if (parts.isEmpty()) {
        throw e;
      }
      failure = e;
    }
    return true;
  }

  /**
   * Call this method when all parts are added. Call it once, unless {@link #add} returned false or
   * threw.
   *
   * @throws IllegalStateException if no part was started, or if it is called again
   */
  public void finish() {
    if (finished || parts.isEmpty()) {
      throw new IllegalStateException(finished ? "already finished" : "no part was started");
    }
    finished = true;
    partCompleted();
  }

  private void partCompleted() {
    if (pending.decrementAndGet() == 0) {
      handler.completed(this::join);
    }
  }

  private void join() throws IOException {
    Throwable first = null;
    for (Part part : parts) {
      first = firstOf(first, part.failure());
    }
    first = firstOf(first, failure);
    if (first instanceof IOException e) {
      throw e;
    } else if (first instanceof RuntimeException e) {
      throw e;
    } else if (first instanceof Error e) {
      throw e;
    }
  }

  private static @Nullable Throwable firstOf(@Nullable Throwable first, @Nullable Throwable next) {
    if (first != null && next != null && first != next) {
      first.addSuppressed(next);
    }
    return first == null ? next : first;
  }

  /** One part: its result, once it is complete. */
  private final class Part extends AtomicReference<@Nullable AsyncResult>
      implements CompletionHandler {

    private static final long serialVersionUID = 1L;

    @Override
    public void completed(AsyncResult result) {
      if (compareAndSet(null, result)) {
        partCompleted();
      } else {
        LOG.error(
            "a device completed a part of a request twice, or one that it had declined; ignored");
      }
    }

    /**
     * Ignores a completion from now on. Returns false if the part is already complete, or
     * withdrawn.
     */
    boolean withdraw() {
      return compareAndSet(null, WITHDRAWN);
    }

    /**
     * Waits for the result, which may block. Returns the failure, or null if the part succeeded.
     */
    private @Nullable Throwable failure() {
      try {
        AsyncResult result = get();
        if (result != null) {
          result.join();
        }
        return null;
      } catch (IOException | RuntimeException | Error e) {
        return e;
      }
    }
  }
}
