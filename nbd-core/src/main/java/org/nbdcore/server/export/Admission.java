package org.nbdcore.server.export;

import java.io.IOException;
import org.nbdcore.server.failure.ClientRejectedException;
import org.nbdcore.server.failure.Failures;

/**
 * The admission of a connection to a chain. While a connection uses a chain, it counts as its user,
 * has its turn under the thread model, and was accepted by {@code preconnect}. A connection uses
 * one chain at a time. For one thread at a time.
 */
public final class Admission {

  private final ConnectionSession session;
  private ServedChain chain;

  /** Creates the object; the connection does not use a chain yet. */
  public Admission(ConnectionSession session) {
    this.session = session;
  }

  /** The chain in use, or null. */
  public ServedChain chain() {
    return chain;
  }

  /**
   * Changes to another chain, and blocks until it is the connection's turn. Close all devices of
   * the previous chain before.
   *
   * @throws ClientRejectedException if a layer refuses the client
   * @throws IOException if the chain cannot be used; the connection then uses no chain
   */
  public void enter(ServedChain next) throws IOException {
    if (next == chain) {
      return;
    }
    leave();
    next.check(session);
    next.acquire();
    boolean turn = false;
    boolean entered = false;
    try {
      next.locks().enterConnection();
      turn = true;
      session.requireConnected(); // the client may have disconnected during the wait
      preconnect(next);
      entered = true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("a waiting connection is dropped", e);
    } finally {
      if (!entered) {
        if (turn) {
          next.locks().exitConnection();
        }
        next.release();
      }
    }
    chain = next;
  }

  private void preconnect(ServedChain next) throws IOException {
    session.enterChain(next.readOnly());
    next.locks().enter();
    try {
      next.top().preconnect(session);
    } catch (IOException e) {
      throw new ClientRejectedException(Failures.message(e), e);
    } finally {
      next.locks().exit();
    }
  }

  /** Stops using the chain, if there is one. */
  public void leave() {
    ServedChain left = chain;
    chain = null;
    if (left != null) {
      left.locks().exitConnection();
      left.release();
    }
  }
}
