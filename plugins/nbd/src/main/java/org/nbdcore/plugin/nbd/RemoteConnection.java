package org.nbdcore.plugin.nbd;

import java.io.Closeable;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.nbdcore.client.ExportInfo;
import org.nbdcore.client.NbdClient;
import org.nbdcore.client.NbdClientException;
import org.nbdcore.client.NbdHandshake;
import org.nbdcore.spi.Log;
import org.nbdcore.spi.NbdError;
import org.nbdcore.spi.NbdException;
import org.nbdcore.spi.Session;

/**
 * A connection to one export of the remote server, which is re-established after a loss. A request
 * that fails because of the loss is repeated once on the new connection. Repeating a request is
 * harmless in the NBD protocol. Safe for use by several threads.
 *
 * <p>Acknowledged but unflushed writes may be lost with the server. Then the next flush of each
 * client fails once; see {@link #losses}.
 */
final class RemoteConnection implements Closeable {

  private static final Log LOG = Log.of("nbd");
  private static final long PAUSE = TimeUnit.SECONDS.toNanos(1);

  /** A request on a connection; repeated on a new connection after a loss. */
  interface Request {
    void send(NbdClient client) throws IOException;
  }

  private final RemoteEndpoint remote;
  private final String exportName;
  private final int retries;
  private final ExportInfo export;
  private volatile NbdClient client; // null while disconnected; changed while this is locked

  /** Number of completed requests that are durable only after a flush. */
  private final AtomicLong changes = new AtomicLong();

  /** Number of losses that a flush has covered or reported. */
  private final AtomicLong settled = new AtomicLong();

  private final AtomicInteger losses = new AtomicInteger();
  private NbdException refusal; // why the last attempt failed; guarded by this
  private long refusedAt; // guarded by this
  private boolean closed; // guarded by this

  /** Connects. Retries {@code retries} times, once a second. */
  RemoteConnection(RemoteEndpoint remote, String exportName, int retries, Session session)
      throws IOException {
    this.remote = remote;
    this.exportName = exportName;
    this.retries = retries;
    this.client = connect(session);
    this.export = client.export();
  }

  /** The server's information about the export when it was first opened. */
  ExportInfo export() {
    return export;
  }

  /** The longest read or write that the server accepts. */
  int maximumPayload() {
    NbdClient current = client;
    return current == null ? 1 << 25 : current.maximumPayload();
  }

  /** The number of completed requests that need a flush to be durable. */
  long changes() {
    return changes.get();
  }

  /**
   * Call this after a flush.
   *
   * @param covered the result of {@link #changes} before the flush
   */
  void flushed(long covered) {
    settled.accumulateAndGet(covered, Math::max);
  }

  /** Number of connections that were lost with unflushed writes. */
  int losses() {
    return losses.get();
  }

  /** Like {@link #run}, for a request that needs a flush to be durable. */
  void change(Request request, Session session) throws IOException {
    run(
        used -> {
          request.send(used);
          changes.incrementAndGet();
          if (client != used) {
            losses.incrementAndGet(); // lost since the answer, perhaps without counting this one
          }
        },
        session);
  }

  /** Sends a request, on a new connection if need be. */
  void run(Request request, Session session) throws IOException {
    NbdClient first = connected(session);
    try {
      request.send(first);
      return;
    } catch (NbdClientException e) {
      if (!RemoteErrors.over(e)) {
        throw RemoteErrors.of(e);
      }
      lost(first, e);
      if (!remote.again()) {
        throw RemoteErrors.of(e);
      }
    }
    NbdClient second = connected(session);
    try {
      request.send(second);
    } catch (NbdClientException e) {
      if (RemoteErrors.over(e)) {
        lost(second, e);
      }
      throw RemoteErrors.of(e);
    }
  }

  private NbdClient connected(Session session) throws IOException {
    NbdClient current = client;
    return current != null ? current : reconnect(session);
  }

  private synchronized NbdClient reconnect(Session session) throws IOException {
    if (client != null) {
      return client;
    }
    if (closed) {
      throw new NbdException(NbdError.ESHUTDOWN, "the server is stopping");
    }
    if (refusal != null && System.nanoTime() - refusedAt < PAUSE) {
      throw refusal; // so that waiting requests do not each try to connect
    }
    try {
      NbdClient fresh = connect(session);
      check(fresh);
      client = fresh;
      refusal = null;
      LOG.info("connected to " + remote + " again");
      return fresh;
    } catch (IOException e) {
      refusal = RemoteErrors.of(e);
      refusedAt = System.nanoTime();
      throw refusal;
    }
  }

  private void check(NbdClient fresh) throws IOException {
    ExportInfo now = fresh.export();
    String what = null;
    if (now.size() != export.size()) {
      what = "has " + now.size() + " bytes now, not " + export.size();
    } else if (now.flags() != export.flags()
        || now.minimumBlockSize() != export.minimumBlockSize()
        || !now.metaContexts().equals(export.metaContexts())) {
      what = "offers something else now";
    }
    if (what != null) {
      fresh.close();
      throw new NbdException(
          NbdError.EIO, "the export of " + remote + " " + what + ": connect anew to see it");
    }
  }

  private synchronized void lost(NbdClient broken, NbdClientException why) {
    if (client != broken) {
      return; // another thread has seen to it
    }
    client = null;
    long all = changes.get();
    if (settled.getAndAccumulate(all, Math::max) < all) {
      losses.incrementAndGet();
    }
    broken.close();
    LOG.warn("the connection to " + remote + " is lost: " + why.getMessage());
  }

  private NbdClient connect(Session session) throws IOException {
    for (int attempt = 0; ; attempt++) {
      try (NbdHandshake handshake = remote.connect()) {
        return handshake.go(exportName);
      } catch (NbdClientException e) {
        if (attempt == retries) {
          throw RemoteErrors.of(e);
        }
        int number = attempt + 1;
        LOG.debug(() -> "attempt " + number + " to connect failed: " + e.getMessage());
      }
      session.sleep(PAUSE);
    }
  }

  @Override
  public synchronized void close() {
    closed = true;
    if (client != null) {
      client.close();
      client = null;
    }
  }
}
