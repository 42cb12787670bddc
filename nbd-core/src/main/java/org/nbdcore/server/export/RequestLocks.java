package org.nbdcore.server.export;

import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.ReentrantLock;
import org.nbdcore.spi.ThreadModel;

/**
 * The locks of a {@link ThreadModel}. No other class takes them. {@link
 * ThreadModel#SERIALIZE_REQUESTS} needs no lock, because such a connection has only one worker.
 */
public final class RequestLocks {

  private final ThreadModel model;
  private final ReentrantLock requests; // held during every call into the chain, or null
  private final Semaphore connections; // one permit, held by the connection that is served; or null

  public RequestLocks(ThreadModel model) {
    this.model = model;
    requests = model == ThreadModel.SERIALIZE_ALL_REQUESTS ? new ReentrantLock(true) : null;
    connections = model == ThreadModel.SERIALIZE_CONNECTIONS ? new Semaphore(1, true) : null;
  }

  /**
   * The maximum number of requests of one connection that may be in the chain.
   *
   * @param threads the maximum that the user allows
   */
  public int workers(int threads) {
    return model == ThreadModel.PARALLEL ? threads : 1;
  }

  /** True if requests need no lock. */
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
