package org.nbdcore.server;

import java.io.IOException;
import java.net.SocketAddress;
import java.nio.channels.SocketChannel;
import java.security.Principal;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.nbdcore.log.ConnectionContext;
import org.nbdcore.log.ServerLog;
import org.nbdcore.server.export.Admission;
import org.nbdcore.server.export.ConnectionSession;
import org.nbdcore.server.export.OpenExport;
import org.nbdcore.server.export.ServedChain;
import org.nbdcore.server.failure.ClientRejectedException;
import org.nbdcore.server.failure.Failures;
import org.nbdcore.server.handshake.Handshake;
import org.nbdcore.server.handshake.HandshakeLimit;
import org.nbdcore.server.handshake.HandshakeWire;
import org.nbdcore.server.memory.ConnectionBudget;
import org.nbdcore.server.memory.Slab;
import org.nbdcore.server.transmission.Receiver;
import org.nbdcore.server.transmission.Transmission;
import org.nbdcore.server.wire.PlainWire;
import org.nbdcore.server.wire.Wire;

/** One client, from the accepted socket to the closed device. */
final class Connection implements Runnable, MemoryHolder, ServerConnection {

  private final ServerCore core;
  private final PlainWire socket;
  private volatile Wire wire; // the socket, or TLS over it
  private final ConnectionSession session;
  private final Runnable whenOver;
  private final Admission admission;
  private volatile @Nullable OpenExport
      export; // set before transmission begins, closed when it is over
  private volatile @Nullable Transmission transmission;
  private volatile boolean stopping;
  private volatile String doing = "waiting for its turn, or being admitted"; // for people

  /**
   * Takes over a socket, which is closed also if this fails.
   *
   * @param source identity of the client
   * @param whenOver called once, when nothing of the connection is left
   */
  Connection(
      ServerCore core,
      SocketChannel channel,
      long number,
      PeerSource source,
      Runnable stopServer,
      Runnable whenOver)
      throws IOException {
    this.core = core;
    this.whenOver = whenOver;
    socket = new PlainWire(channel);
    wire = socket;
    session = new ConnectionSession(number, socket.peer(), source, socket::close, stopServer);
    admission = new Admission(session);
  }

  @Override
  public void run() {
    ConnectionContext.set(session);
    boolean handedOver = false;
    core.listeners().opened(this);
    try {
      handedOver = shakeHandsAndServe();
    } catch (ClientRejectedException e) {
      session.endsBecause("the client is refused: " + e.getMessage());
      core.rejections().rejected(session.peer(), String.valueOf(e.getMessage()));
    } catch (IOException e) {
      session.endsBecause("the connection was lost: " + Failures.message(e));
      ServerLog.LOG.debug(() -> "connection ended: " + Failures.message(e));
    } catch (RuntimeException | Error e) {
      session.endsBecause("a fault of the server: " + e);
      ServerLog.LOG.error("the connection is dropped: " + e, e);
    } finally {
      if (!handedOver) {
        transmissionOver();
      }
      ConnectionContext.clear();
    }
  }

  /** Returns true if transmission has started; it ends with {@link #transmissionOver}. */
  private boolean shakeHandsAndServe() throws IOException {
    if (stopping) {
      return false;
    }
    ServedChain only = core.exports().only();
    if (only != null) {
      admission.enter(only);
    }
    doing = "in the handshake, perhaps opening its disk";
    Transmission phase;
    Slab first;
    int length;
    Slab in = core.pool().acquire(HandshakeWire.SLAB);
    Slab out = core.pool().acquire(HandshakeWire.SLAB);
    long deadline = System.nanoTime() + core.options().handshakeTimeout().toNanos();
    HandshakeWire handshakeWire =
        new HandshakeWire(socket, deadline, core.silent(), this::dropSilent, in, out);
    boolean chosen = false;
    Handshake handshake = new Handshake(core.handshake(), handshakeWire, session, admission);
    try {
      OpenExport opened = handshake.run();
      export = opened;
      if (opened == null) {
        session.endsBecause("the client ended the handshake");
        return false;
      }
      chosen = true;
      wire = handshakeWire.wire();
      phase =
          new Transmission(
              core.transmission(),
              wire,
              opened,
              handshake.negotiated(opened),
              session,
              admission.chain().budget(),
              core.listeners().requests(this),
              this::transmissionOver);
      first = phase.pool.acquireShare(Receiver.SLAB);
      length = handshakeWire.moveTo(first);
    } finally {
      if (!chosen) {
        drop(); // first, so the client does not wait for the disk to be closed
      }
      handshake.close();
      core.pool().release(in);
      core.pool().release(out);
    }
    doing = "in transmission";
    core.listeners().exportOpened(this);
    transmission = phase;
    if (stopping) {
      phase.stop();
    }
    phase.begin(first, 0, length);
    return true;
  }

  private void transmissionOver() {
    try {
      closeExport();
    } finally {
      admission.leave();
      over();
    }
  }

  private void closeExport() {
    OpenExport opened = export;
    if (opened != null) {
      doing = "closing its disk";
      try {
        opened.close();
      } catch (IOException | RuntimeException | Error e) {
        ServerLog.LOG.error("closing the disk failed: " + Failures.message(e));
      }
    }
  }

  private void over() {
    session.end();
    wire.close();
    core.listeners().closed(this, session.endReason());
    whenOver.run();
  }

  /** Asks for an end: at once during the handshake, else after the requests that have arrived. */
  void stop() {
    stopping = true;
    session.endsBecause("the server stopped");
    Transmission phase = transmission;
    if (phase == null) {
      session.end();
      wire.close();
    } else {
      phase.stop();
    }
  }

  /**
   * Disconnects a client that has stalled for this time, in sending or in receiving.
   *
   * @param why for the log
   */
  void dropIfStalled(long nanos, String why) {
    Transmission phase = transmission;
    if (phase != null && phase.stalledNanos() > nanos) {
      drop("it has stalled, and " + why);
    }
  }

  private void dropSilent() {
    String why = "it was silent, and more than " + HandshakeLimit.MOST + " clients are";
    session.endsBecause(why);
    ConnectionContext.Label self = ConnectionContext.label(); // another client's thread
    ConnectionContext.set(session);
    core.rejections().rejected(session.peer(), why);
    ConnectionContext.set(self);
    drop();
  }

  /** Drops the client without waiting for requests in progress, and says why. */
  @Override
  public void drop(String why) {
    session.endsBecause(why);
    ServerLog.LOG.warn("connection " + session.number() + " is dropped: " + why);
    drop();
  }

  @Override
  public long number() {
    return session.number();
  }

  @Override
  public Optional<SocketAddress> peer() {
    return session.peer();
  }

  @Override
  public Optional<Principal> tlsPrincipal() {
    return session.tlsPrincipal();
  }

  @Override
  public boolean tls() {
    return wire != socket;
  }

  @Override
  public Optional<String> exportName() {
    return Optional.ofNullable(export).map(opened -> opened.name);
  }

  @Override
  public OptionalLong exportSize() {
    OpenExport opened = export;
    return opened == null ? OptionalLong.empty() : OptionalLong.of(opened.size);
  }

  @Override
  public long requestsInProgress() {
    Transmission phase = transmission;
    return phase == null ? 0 : phase.requestsInProgress();
  }

  @Override
  public void disconnect(String reason) {
    drop(reason);
  }

  /** Bytes of the pool's memory that it has. */
  @Override
  public long held() {
    Transmission phase = transmission;
    return phase == null ? 0 : phase.pool.held();
  }

  @Override
  public boolean competesWith(ConnectionBudget other) {
    Transmission phase = transmission;
    return phase != null && phase.pool.competesWith(other);
  }

  /** For how long the client has neither sent what it owes nor taken what it is sent. */
  @Override
  public long stalledNanos() {
    Transmission phase = transmission;
    return phase == null ? 0 : phase.stalledNanos();
  }

  /** How long the client has been about the transfer that it keeps memory for. */
  @Override
  public long transferNanos() {
    Transmission phase = transmission;
    return phase == null ? 0 : phase.transferNanos();
  }

  /** Which connection this is and what it is doing. */
  @Override
  public String toString() {
    return "connection " + session.number() + " is " + doing;
  }

  /** Drops the client without waiting for requests in progress. */
  void drop() {
    session.end();
    wire.close();
  }
}
