package org.nbdcore.example.async;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.nbdcore.spi.AsyncBlockDevice;
import org.nbdcore.spi.AsyncResult;
import org.nbdcore.spi.Capabilities;
import org.nbdcore.spi.CompletionHandler;
import org.nbdcore.spi.Flags;

/** Forwards requests to the store. No thread waits for an asynchronous request. */
final class DistantDevice implements AsyncBlockDevice {

  private final DistantStore store;

  DistantDevice(DistantStore store) {
    this.store = store;
  }

  @Override
  public long size() {
    return store.size();
  }

  @Override
  public Capabilities capabilities() {
    return Capabilities.readWrite().withFlush(true).withMultiConn(true);
  }

  /** The server asks before each request. */
  @Override
  public boolean prefersAsync() {
    return true;
  }

  @Override
  public boolean readAsync(ByteBuffer dst, long offset, CompletionHandler handler) {
    store
        .get((int) offset, dst)
        .whenComplete((nothing, failure) -> handler.completed(result(failure)));
    return true;
  }

  @Override
  public boolean writeAsync(ByteBuffer src, long offset, Flags flags, CompletionHandler handler) {
    store
        .put((int) offset, src)
        .whenComplete((nothing, failure) -> handler.completed(result(failure)));
    return true;
  }

  /** Filters that do not support asynchronous requests use this method. */
  @Override
  public void read(ByteBuffer dst, long offset) throws IOException {
    await(store.get((int) offset, dst));
  }

  @Override
  public void write(ByteBuffer src, long offset, Flags flags) throws IOException {
    await(store.put((int) offset, src));
  }

  /** The store has no cache, so each completed write is already safe. */
  @Override
  public void flush() {}

  @Override
  public void close() {}

  private static void await(CompletableFuture<Void> future) throws IOException {
    try {
      future.join();
    } catch (CompletionException e) {
      throw failure(e);
    }
  }

  /**
   * Creates the result of a request. The server calls {@code join} on one of its threads, and then
   * sends the reply.
   */
  private static AsyncResult result(Throwable failure) {
    return () -> {
      if (failure != null) {
        throw failure(failure);
      }
    };
  }

  /** Returns the failure of the store, which the future has wrapped. */
  private static IOException failure(Throwable failure) {
    Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
    return cause instanceof IOException known ? known : new IOException(cause);
  }
}
