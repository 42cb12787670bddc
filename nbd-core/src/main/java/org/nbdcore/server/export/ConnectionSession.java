package org.nbdcore.server.export;

import java.io.IOException;
import java.net.SocketAddress;
import java.security.Principal;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import javax.security.auth.x500.X500Principal;
import org.nbdcore.log.ConnectionContext;
import org.nbdcore.spi.NbdError;
import org.nbdcore.spi.NbdException;
import org.nbdcore.spi.Session;

/** The session of one connection, as the layers of a chain see it. */
public final class ConnectionSession implements Session, ConnectionContext.Label {

  /** Identity of the client on a Unix socket; each value is empty if it is unknown. */
  public interface Peer {
    /** An unknown client. */
    Peer UNKNOWN = new Peer() {};

    /** The effective user. */
    default OptionalInt uid() {
      return OptionalInt.empty();
    }

    /** The effective group. */
    default OptionalInt gid() {
      return OptionalInt.empty();
    }

    /** The process. */
    default OptionalInt pid() {
      return OptionalInt.empty();
    }
  }

  private final long number;
  private volatile boolean readOnly; // set when the connection enters a chain
  private volatile String exportName; // null until the client names an export
  private final Optional<SocketAddress> peer;
  private final Runnable drop;
  private final Runnable stopServer;
  private final SleepGroup sleepGroup = new SleepGroup();
  private volatile boolean refusing;
  private volatile String endReason; // null while unknown
  private volatile long requestsDeadline; // 0 until the client sends NBD_CMD_DISC
  private volatile Optional<Principal> principal = Optional.empty();
  private volatile Optional<X500Principal> issuer = Optional.empty();
  private final Peer credentials;

  /** Interval at which a long {@code open} checks whether its client is still connected. */
  private static final long CHECK_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

  private volatile Thread opener; // the thread that opens the disk, or null
  private BooleanSupplier clientLeft; // used only by the opening thread, as the next field
  private long lastCheck;

  /**
   * Creates the session of a connection.
   *
   * @param number counted from 1
   * @param credentials called when a layer asks for the identity of the client
   * @param drop closes the connection at once
   * @param stopServer asks the server to stop
   */
  public ConnectionSession(
      long number,
      Optional<SocketAddress> peer,
      Peer credentials,
      Runnable drop,
      Runnable stopServer) {
    this.number = number;
    this.peer = peer;
    this.credentials = credentials;
    this.drop = drop;
    this.stopServer = stopServer;
  }

  @Override
  public long number() {
    return number;
  }

  @Override
  public String exportName() {
    return exportName;
  }

  /** Records the export that the client names. Log messages contain it from now on. */
  public void setExportName(String export) {
    exportName = export;
  }

  @Override
  public boolean readOnly() {
    return readOnly;
  }

  @Override
  public Optional<SocketAddress> peer() {
    return peer;
  }

  @Override
  public OptionalInt peerUid() {
    return credentials.uid();
  }

  @Override
  public OptionalInt peerGid() {
    return credentials.gid();
  }

  @Override
  public OptionalInt peerPid() {
    return credentials.pid();
  }

  @Override
  public Optional<Principal> tlsPrincipal() {
    return principal;
  }

  @Override
  public Optional<X500Principal> tlsIssuer() {
    return issuer;
  }

  /** Records that the connection starts to use a chain. */
  void enterChain(boolean chainReadOnly) {
    readOnly = chainReadOnly;
  }

  /** Stores the authenticated name of the client, and the issuer of its certificate. */
  public void setPrincipal(Optional<Principal> name, Optional<X500Principal> certificateIssuer) {
    principal = name;
    issuer = certificateIssuer;
  }

  /**
   * Call this before the thread that reads from the client opens the disk. No thread reads from the
   * client during the open. So {@link #connected} and {@link #sleep} check the connection when this
   * thread calls them.
   *
   * @param left returns true if the client has disconnected
   */
  public void openStarts(BooleanSupplier left) {
    clientLeft = left;
    lastCheck = System.nanoTime();
    opener = Thread.currentThread();
  }

  /** Call this after the open, successful or not. */
  public void openEnded() {
    opener = null;
  }

  private void checkClient() {
    if (opener == Thread.currentThread() && System.nanoTime() - lastCheck > CHECK_NANOS) {
      if (clientLeft.getAsBoolean()) {
        setEndReason("the client disconnected while its disk was opened");
        end();
      }
      lastCheck = System.nanoTime();
    }
  }

  @Override
  public boolean connected() {
    checkClient();
    long until = requestsDeadline;
    return !sleepGroup.woken() && (until == 0 || System.nanoTime() - until < 0);
  }

  @Override
  public void sleep(long nanos) throws IOException {
    long end = System.nanoTime() + nanos;
    boolean opening = opener == Thread.currentThread();
    long left = nanos;
    try {
      do {
        checkClient();
        if (!sleepGroup.sleep(opening ? Math.min(left, CHECK_NANOS) : left)) {
          throw new NbdException(NbdError.ESHUTDOWN, "the connection is ending");
        }
        left = end - System.nanoTime();
      } while (left > 0);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new NbdException(NbdError.ESHUTDOWN, "the server's thread was interrupted", e);
    }
  }

  @Override
  public void disconnect(boolean force) {
    setEndReason("a plugin or filter disconnected the client");
    refusing = true;
    if (force) {
      drop.run(); // before waking threads, so that they can no longer send an error
      end();
    }
  }

  @Override
  public void shutdownServer() {
    stopServer.run();
  }

  /** True if the server refuses further requests with {@link NbdError#ESHUTDOWN}. */
  public boolean refusing() {
    return refusing;
  }

  /**
   * Records that the client has sent NBD_CMD_DISC. The protocol requires the server to complete the
   * requests in progress. A request of many steps may continue for this time. Does not wake
   * sleeping threads.
   */
  public void clientDisconnects(Duration timeouts) {
    requestsDeadline = (System.nanoTime() + timeouts.toNanos()) | 1;
  }

  /** Records why the connection ends, for listeners. Only the first reason is kept. */
  public void setEndReason(String reason) {
    if (endReason == null) {
      endReason = reason;
    }
  }

  /** The reason why the connection has ended. */
  public String endReason() {
    String reason = endReason;
    return reason == null ? "the connection ended" : reason;
  }

  /**
   * Records that the client has disconnected or is being disconnected, and wakes all sleeping
   * threads.
   */
  public void end() {
    sleepGroup.wake();
  }
}
