package org.nbdcore.spi.helpers;

import org.nbdcore.spi.RequestType;

/** Sees the start and the end of requests; see {@link BlockDevices#observed}. */
@FunctionalInterface
public interface RequestObserver {

  /**
   * Called by any thread before every request. Do not block. If the next device then declines the
   * request on one path, {@link #completed} is not called, and the request comes again on another.
   *
   * @param offset in bytes; 0 for a flush
   * @param length in bytes; 0 for a flush
   * @return a number that {@link #completed} receives, such as {@link System#nanoTime}
   */
  default long started(RequestType type, long offset, long length) {
    return 0;
  }

  /**
   * Called once after every request, by any thread, before the client receives the reply.
   *
   * @param started what {@link #started} returned
   * @param succeeded false if the request failed
   */
  void completed(RequestType type, long offset, long length, long started, boolean succeeded);
}
