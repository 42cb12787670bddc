package org.nbdcore.server.export;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.nbdcore.chain.Chain;
import org.nbdcore.chain.LayerCounter;
import org.nbdcore.log.ServerLog;
import org.nbdcore.server.failure.ClientRejectedException;
import org.nbdcore.server.failure.CloseQuietly;
import org.nbdcore.server.failure.Failures;
import org.nbdcore.server.memory.ExportBudget;
import org.nbdcore.spi.Backend;
import org.nbdcore.spi.Export;
import org.nbdcore.spi.Host;
import org.nbdcore.spi.NbdError;
import org.nbdcore.spi.NbdException;
import org.nbdcore.spi.Session;

/**
 * Manages the life cycle of a chain in a server: starts it, counts the connections that use it, and
 * closes it when it is retired and its last connection has ended. Each chain has its own locks, so
 * a hanging chain does not block another one.
 *
 * <p>The monitor of this object guards the state and the number of users. It is not held during
 * calls of the chain.
 */
public final class ServedChain {

  /** The state of a chain. */
  public enum State {
    /** No client has opened it yet. */
    NOT_STARTED,
    /** {@code Chain.start} has not returned yet. */
    STARTING,
    /** Clients may open it. */
    RUNNING,
    /** Its start has failed. */
    FAILED
  }

  private final Export export;
  private final boolean named;
  private final ExportRules rules;
  private final Chain chain;
  private final Host host;
  private final Duration startTimeout;
  private final RequestLocks locks;
  private final CompletableFuture<Void> closed = new CompletableFuture<>();
  private State state = State.NOT_STARTED; // this field and those below are guarded by this
  private long startedAt;
  private String failure; // reason of a failed start
  private int users;
  private Executor closer; // set once the chain is retired
  private boolean closing;

  /**
   * Creates the object, which owns the chain.
   *
   * @param export its name and description; null for the chain of all other names
   * @param host the server that runs the chain
   * @param startTimeout how long clients wait for the start
   */
  public ServedChain(
      Export export, ExportRules rules, Chain chain, Host host, Duration startTimeout) {
    this.export = export == null ? Export.of("") : export;
    this.named = export != null;
    this.rules = rules;
    this.chain = chain;
    this.host = host;
    this.startTimeout = startTimeout;
    locks = new RequestLocks(chain.threadModel());
  }

  /** Name and description in the list of exports. */
  public Export export() {
    return export;
  }

  /** True for an export with a name; false for the chain of all other names. */
  public boolean isNamed() {
    return named;
  }

  /** True if the export is read-only. */
  public boolean readOnly() {
    return rules.readOnly();
  }

  /** The limit of the payloads of its requests in progress, or null. */
  public ExportBudget budget() {
    return rules.budget();
  }

  /** True if the export has a client check. */
  public boolean checksClients() {
    return rules.check() != null;
  }

  /**
   * Checks a client, without counting it as a user.
   *
   * @throws ClientRejectedException if it may not use the export
   */
  public void check(Session session) throws ClientRejectedException {
    if (rules.check() == null) {
      return;
    }
    try {
      rules.check().check(session);
    } catch (IOException | RuntimeException e) {
      throw new ClientRejectedException(Failures.message(e), e);
    }
  }

  /** True if the chain starts only when a client first opens it. */
  public boolean lazy() {
    return rules.lazy();
  }

  /** The layer nearest the client. */
  public Backend top() {
    return chain.top();
  }

  /** The locks of its thread model. */
  public RequestLocks locks() {
    return locks;
  }

  /** The current state. */
  public synchronized State state() {
    return state;
  }

  /** The reason of a failed start, or null. */
  public synchronized String failure() {
    return failure;
  }

  /** The counters of its layers; empty unless it is running. */
  public List<LayerCounter> counters() {
    return state() == State.RUNNING ? chain.counters() : List.of();
  }

  /** The number of connections that use it. */
  public synchronized int users() {
    return users;
  }

  /** True if it will be closed when its last user has left. */
  private boolean retired() {
    return closer != null;
  }

  /**
   * Starts the chain, unless another thread has started it.
   *
   * @throws IOException if the chain does not start; the chain is then closed
   */
  public void start() throws IOException {
    if (mayStart()) {
      startNow();
    }
  }

  private synchronized boolean mayStart() {
    if (state != State.NOT_STARTED || retired()) {
      return false;
    }
    state = State.STARTING;
    startedAt = System.nanoTime();
    return true;
  }

  private void startNow() throws IOException {
    Throwable failed = null;
    try {
      chain.start(host);
    } catch (IOException | RuntimeException | Error e) {
      failed = e;
      CloseQuietly.quietly(chain);
      throw e;
    } finally {
      started(failed);
    }
  }

  private void started(Throwable failed) {
    synchronized (this) {
      state = failed == null ? State.RUNNING : State.FAILED;
      failure = failed == null ? null : Failures.message(failed);
      notifyAll();
    }
    closeIfUnused();
  }

  /**
   * Counts the calling connection as a user. Starts a lazy chain, and blocks during a start in
   * progress.
   *
   * @throws IOException if the chain cannot be used, with the reason
   */
  public void acquire() throws IOException {
    if (mayStart()) {
      try {
        startNow();
      } catch (IOException e) {
        ServerLog.LOG.error(this + " does not start: " + Failures.message(e));
        throw e;
      }
    }
    synchronized (this) {
      awaitStart();
      acquired();
    }
  }

  /** Waits while the start is in progress, up to the time limit of the start. */
  private void awaitStart() throws NbdException {
    while (state == State.STARTING && !retired()) {
      long left = startedAt + startTimeout.toNanos() - System.nanoTime();
      if (left <= 0) {
        throw new NbdException(NbdError.EIO, this + " is still starting");
      }
      try {
        TimeUnit.NANOSECONDS.timedWait(this, left);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new NbdException(NbdError.ESHUTDOWN, "the server's thread was interrupted", e);
      }
    }
  }

  private void acquired() throws NbdException {
    if (retired()) {
      throw new NbdException(NbdError.ESHUTDOWN, this + " is no longer served");
    }
    if (state == State.FAILED) {
      throw new NbdException(NbdError.EIO, this + " could not be started: " + failure);
    }
    users++;
  }

  /** Ends the use by one connection. */
  public void release() {
    synchronized (this) {
      users--;
    }
    closeIfUnused();
  }

  /**
   * Accepts no more users, and closes the chain when the last user has left. A second call has no
   * effect.
   *
   * @param threads runs the close, which may take long
   * @return completes when the chain is closed, with the failure if there was one
   */
  public CompletableFuture<Void> retire(Executor threads) {
    synchronized (this) {
      if (closer == null) {
        closer = threads;
        notifyAll();
      }
    }
    closeIfUnused();
    return closed;
  }

  /** True if it is retired and closed. */
  boolean isClosed() {
    return closed.isDone();
  }

  private void closeIfUnused() {
    Executor threads;
    synchronized (this) {
      if (closer == null || users > 0 || state == State.STARTING || closing) {
        return;
      }
      closing = true;
      threads = closer;
    }
    try {
      threads.execute(this::close);
    } catch (RejectedExecutionException | OutOfMemoryError e) {
      close(); // the server has ended in the meantime, or no thread is available
    }
  }

  private void close() {
    try {
      chain.close();
      closed.complete(null);
    } catch (IOException | RuntimeException | Error e) {
      closed.completeExceptionally(e);
    }
  }

  /** For messages. */
  @Override
  public String toString() {
    return named ? "the export '" + export.name() + "'" : "the disk";
  }
}
