package org.nbdcore.spi.helpers;

import org.nbdcore.spi.RequestType;

/** Is notified of the start and the end of requests; see {@link BlockDevices#observed}. */
@FunctionalInterface
public interface RequestObserver {

  /**
   * Called on any thread before every request. Do not block. If the next device declines a
   * zero-copy or asynchronous request, {@link #completed} is not called, and this method is called
   * again for the blocking request.
   *
   * @param offset in bytes; 0 for a flush
   * @param length in bytes; 0 for a flush
   * @return a number that is passed to {@link #completed}, such as {@link System#nanoTime}
   */
  default long started(RequestType type, long offset, long length) {
    return 0;
  }

  /**
   * Called once after every request, on any thread, before the client receives the reply.
   *
   * @param started what {@link #started} returned
   * @param succeeded false if the request failed
   */
  void completed(RequestType type, long offset, long length, long started, boolean succeeded);
}
