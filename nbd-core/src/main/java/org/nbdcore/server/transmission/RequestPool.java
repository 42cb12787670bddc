package org.nbdcore.server.transmission;

/** Used requests of one connection, kept so that queueing another one allocates nothing. */
final class RequestPool {

  private static final int CAPACITY = 64;

  private final Request[] requests = new Request[CAPACITY]; // guarded by this
  private int count;

  /** A request to fill. */
  synchronized Request take() {
    return count == 0 ? Request.queued() : requests[--count];
  }

  /** Takes back a request whose reply has been written. */
  synchronized void put(Request request) {
    if (count < CAPACITY) {
      requests[count++] = request;
    }
  }
}
