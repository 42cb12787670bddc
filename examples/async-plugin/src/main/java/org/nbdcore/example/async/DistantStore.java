package org.nbdcore.example.async;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

/**
 * Simulates a client library with an asynchronous interface: each call returns at once, and its
 * future completes later, on a thread of the library.
 */
final class DistantStore {

  private final byte[] contents; // guarded by this
  private final Executor later;

  DistantStore(int size, Duration latency) {
    contents = new byte[size];
    later = CompletableFuture.delayedExecutor(latency.toNanos(), TimeUnit.NANOSECONDS);
  }

  int size() {
    return contents.length;
  }

  /** Fills {@code dst}, which the caller must not touch until the future completes. */
  CompletableFuture<Void> get(int offset, ByteBuffer dst) {
    return CompletableFuture.runAsync(
        () -> {
          synchronized (this) {
            dst.put(contents, offset, dst.remaining());
          }
        },
        later);
  }

  /**
   * Stores the bytes of {@code src}, which the caller must not change until the future completes.
   */
  CompletableFuture<Void> put(int offset, ByteBuffer src) {
    return CompletableFuture.runAsync(
        () -> {
          synchronized (this) {
            src.get(contents, offset, src.remaining());
          }
        },
        later);
  }
}
