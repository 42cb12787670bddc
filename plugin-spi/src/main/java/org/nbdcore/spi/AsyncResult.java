package org.nbdcore.spi;

import java.io.IOException;

/** The result of an asynchronous read or write; see {@link CompletionHandler}. */
@Experimental
@FunctionalInterface
public interface AsyncResult {

  /**
   * Returns if the request succeeded, and throws if it failed. Call it exactly once.
   *
   * <p>This method may block, for instance while a filter repeats the request. The request is over
   * when it returns or throws. The server calls it on one of its own threads, possibly after a
   * filter has closed the device.
   *
   * <p>One thread calls this method for all requests of a connection, one after the other. So do
   * not hold a lock from the start of a request until this call. If that thread waits for your lock
   * in an earlier call, it never reaches the call that would release the lock.
   *
   * @throws IOException if the request failed; the same exception as that of a blocking request
   */
  void join() throws IOException;
}
