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
 * A chain with its life in a server: it is started, used by connections, and closed when it is
 * retired and its last user has left. Each chain has its own locks, so one that hangs blocks no
 * other.
 *
 * <p>The monitor of this object guards state and users; the chain is never called while it is held.
 */
public final class ServedChain {

  /** What can be said about a chain. */
  public enum State {
    /** Nobody has opened it yet. */
    NOT_STARTED,
    /** Its start has not returned. */
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
  private State state = State.NOT_STARTED; // guarded by this, as all below
  private long startedAt;
  private String failure; // why the start failed
  private int users;
  private Executor closer; // set once the chain is retired
  private boolean closing;

  /**
   * Takes over a chain.
   *
   * @param export its name and description; null for the only chain of a server
   * @param host the server, as the chain sees it
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

  /** True for an export with a name; false for the only chain of a server. */
  public boolean isNamed() {
    return named;
  }

  /** True if nothing may be written. */
  public boolean readOnly() {
    return rules.readOnly();
  }

  /** The limit of the data of its requests in progress, or null. */
  public ExportBudget budget() {
    return rules.budget();
  }

  /** Whether it is only for some clients. */
  public boolean checksClients() {
    return rules.check() != null;
  }

  /**
   * Checks a client, which need not be a user.
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

  /** What happens to it at the moment. */
  public synchronized State state() {
    return state;
  }

  /** Why its start failed, or null. */
  public synchronized String failure() {
    return failure;
  }

  /** What its layers have counted; empty unless it runs. */
  public List<LayerCounter> counters() {
    return state() == State.RUNNING ? chain.counters() : List.of();
  }

  /** How many connections use it. */
  public synchronized int users() {
    return users;
  }

  /** True if it is to be closed, which waits for its users. */
  private boolean retired() {
    return closer != null;
  }

  /**
   * Starts the chain, unless another thread does or did.
   *
   * @throws IOException if it does not start; it is closed then
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
   * Counts the calling connection as a user. Starts the chain if it was to be started when it is
   * first opened; waits for a start in progress.
   *
   * @throws IOException if it cannot be used, with the reason
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

  /** A user leaves. */
  public void release() {
    synchronized (this) {
      users--;
    }
    closeIfUnused();
  }

  /**
   * Accepts no more users, and closes the chain when the last one has left. Calling it again
   * changes nothing.
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
      close(); // the server has ended meanwhile, or no thread is available
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
