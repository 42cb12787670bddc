package org.nbdcore.server;

import java.io.IOException;
import java.net.SocketAddress;
import java.security.Principal;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Supplier;
import java.util.function.ToIntFunction;
import javax.security.auth.x500.X500Principal;
import org.nbdcore.spi.NbdError;
import org.nbdcore.spi.NbdException;
import org.nbdcore.spi.Session;

/** What the layers of a chain may ask of one connection. */
final class ConnectionSession implements Session {

  private final long number;
  private final boolean readOnly;
  private final Optional<SocketAddress> peer;
  private final Runnable drop;
  private final Runnable stopServer;
  private final SleepGroup sleepGroup = new SleepGroup();
  private volatile boolean refusing;
  private volatile long awaitedUntil; // 0 while nobody has said that it goes
  private volatile Optional<Principal> principal = Optional.empty();
  private volatile Optional<X500Principal> issuer = Optional.empty();
  private final Supplier<Optional<PeerCredentials>> credentials;

  /**
   * Describes a connection.
   *
   * @param number counted from 1
   * @param readOnly whether nothing may be written
   * @param credentials asks the system who is at the other end; called when a layer asks
   * @param drop closes the connection at once
   * @param stopServer asks the server to stop
   */
  ConnectionSession(
      long number,
      boolean readOnly,
      Optional<SocketAddress> peer,
      Supplier<Optional<PeerCredentials>> credentials,
      Runnable drop,
      Runnable stopServer) {
    this.number = number;
    this.readOnly = readOnly;
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
  public boolean readOnly() {
    return readOnly;
  }

  @Override
  public Optional<SocketAddress> peer() {
    return peer;
  }

  @Override
  public OptionalInt peerUid() {
    return credential(PeerCredentials::uid);
  }

  @Override
  public OptionalInt peerGid() {
    return credential(PeerCredentials::gid);
  }

  @Override
  public OptionalInt peerPid() {
    return credential(PeerCredentials::pid);
  }

  private OptionalInt credential(ToIntFunction<PeerCredentials> which) {
    Optional<PeerCredentials> found = credentials.get();
    return found.isPresent() ? OptionalInt.of(which.applyAsInt(found.get())) : OptionalInt.empty();
  }

  @Override
  public Optional<Principal> tlsPrincipal() {
    return principal;
  }

  @Override
  public Optional<X500Principal> tlsIssuer() {
    return issuer;
  }

  /** Keeps who the client has proved to be, and who vouches for it. */
  void authenticated(Optional<Principal> who, Optional<X500Principal> by) {
    principal = who;
    issuer = by;
  }

  @Override
  public boolean connected() {
    long until = awaitedUntil;
    return !sleepGroup.woken() && (until == 0 || System.nanoTime() - until < 0);
  }

  @Override
  public void sleep(long nanos) throws IOException {
    try {
      if (!sleepGroup.sleep(nanos)) {
        throw new NbdException(NbdError.ESHUTDOWN, "the connection is ending");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new NbdException(NbdError.ESHUTDOWN, "the server's thread was interrupted", e);
    }
  }

  @Override
  public void disconnect(boolean force) {
    refusing = true;
    if (force) {
      drop.run(); // first, so that whoever is woken cannot send an error any more
      end();
    }
  }

  @Override
  public void shutdownServer() {
    stopServer.run();
  }

  /** Whether further requests are answered with {@link NbdError#ESHUTDOWN}. */
  boolean refusing() {
    return refusing;
  }

  /**
   * The client has said that it goes, and by the protocol what it has asked for is to be finished
   * all the same. That is meant for what was under way: a request of many steps may go on for so
   * long. Nobody is woken.
   */
  void leaves(Duration timeouts) {
    awaitedUntil = (System.nanoTime() + timeouts.toNanos()) | 1;
  }

  /** The client has gone or is being sent away: wakes whoever sleeps. */
  void end() {
    sleepGroup.wake();
  }
}
