package org.nbdcore.server.export;

import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.ReentrantLock;
import org.nbdcore.spi.ThreadModel;

/**
 * The one place that takes the locks of a {@link ThreadModel}. One request at a time on each
 * connection needs no lock: such a connection has a single worker.
 */
public final class RequestLocks {

  private final ThreadModel model;
  private final ReentrantLock requests; // held during every call into the chain, or null
  private final Semaphore connections; // one permit, held by the connection served, or null

  public RequestLocks(ThreadModel model) {
    this.model = model;
    requests = model == ThreadModel.SERIALIZE_ALL_REQUESTS ? new ReentrantLock(true) : null;
    connections = model == ThreadModel.SERIALIZE_CONNECTIONS ? new Semaphore(1, true) : null;
  }

  /** How many requests of one connection may be in the chain, given what the user allows. */
  public int workers(int threads) {
    return model == ThreadModel.PARALLEL ? threads : 1;
  }

  /** Whether requests need no lock at all. */
  public boolean none() {
    return model == ThreadModel.PARALLEL;
  }

  public void enter() {
    if (requests != null) {
      requests.lock();
    }
  }

  public void exit() {
    if (requests != null) {
      requests.unlock();
    }
  }

  public void enterConnection() throws InterruptedException {
    if (connections != null) {
      connections.acquire();
    }
  }

  public void exitConnection() {
    if (connections != null) {
      connections.release();
    }
  }
}
