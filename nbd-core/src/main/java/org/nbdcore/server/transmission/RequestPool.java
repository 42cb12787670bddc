package org.nbdcore.server.transmission;

/** A pool of request objects of one connection, so that queueing a request does not allocate. */
final class RequestPool {

  private static final int CAPACITY = 64;

  private final boolean transfers;
  private final Request[] requests = new Request[CAPACITY]; // guarded by this
  private int count;

  /**
   * @param transfers whether the connection's wire can send from files
   */
  RequestPool(boolean transfers) {
    this.transfers = transfers;
  }

  /** Returns a request object to fill. */
  synchronized Request take() {
    return count == 0 ? Request.queued(transfers) : requests[--count];
  }

  /** Takes back a request whose reply has been written. */
  synchronized void put(Request request) {
    if (count < CAPACITY) {
      requests[count++] = request;
    }
  }
}
