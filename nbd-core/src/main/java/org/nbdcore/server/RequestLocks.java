package org.nbdcore.server;

import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.ReentrantLock;
import org.nbdcore.spi.ThreadModel;

/**
 * The one place that takes the locks of a {@link ThreadModel}. One request at a time on each
 * connection needs no lock: such a connection has a single worker.
 */
final class RequestLocks {

  private final ThreadModel model;
  private final ReentrantLock requests; // held during every call into the chain, or null
  private final Semaphore connections; // one permit, held by the connection served, or null

  RequestLocks(ThreadModel model) {
    this.model = model;
    requests = model == ThreadModel.SERIALIZE_ALL_REQUESTS ? new ReentrantLock(true) : null;
    connections = model == ThreadModel.SERIALIZE_CONNECTIONS ? new Semaphore(1, true) : null;
  }

  /** How many requests of one connection may be in the chain, given what the user allows. */
  int workers(int threads) {
    return model == ThreadModel.PARALLEL ? threads : 1;
  }

  /** Whether requests need no lock at all. */
  boolean none() {
    return model == ThreadModel.PARALLEL;
  }

  void enter() {
    if (requests != null) {
      requests.lock();
    }
  }

  void exit() {
    if (requests != null) {
      requests.unlock();
    }
  }

  void enterConnection() throws InterruptedException {
    if (connections != null) {
      connections.acquire();
    }
  }

  void exitConnection() {
    if (connections != null) {
      connections.release();
    }
  }
}
