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

/** One client's connection, from the accepted socket to the closed device. */
final class Connection implements Runnable, MemoryHolder, ServerConnection {

  private final ServerCore core;
  private final PlainWire socket;
  private volatile Wire wire; // the socket, or TLS over it
  private final ConnectionSession session;
  private final Runnable onEnd;
  private final Admission admission;
  private volatile @Nullable OpenExport export; // set before transmission starts, closed after it
  private volatile @Nullable Transmission transmission;
  private volatile boolean stopping;
  private volatile String activity = "waiting for its turn, or being admitted"; // for messages

  /**
   * Creates the connection. It owns the socket, and closes it if this constructor fails.
   *
   * @param source identity of the client
   * @param onEnd called once, after the connection has ended and its device is closed
   */
  Connection(
      ServerCore core,
      SocketChannel channel,
      long number,
      PeerSource source,
      Runnable stopServer,
      Runnable onEnd)
      throws IOException {
    this.core = core;
    this.onEnd = onEnd;
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
      handedOver = handshakeAndServe();
    } catch (ClientRejectedException e) {
      session.setEndReason("the client is refused: " + e.getMessage());
      core.rejections().rejected(session.peer(), String.valueOf(e.getMessage()));
    } catch (IOException e) {
      session.setEndReason("the connection was lost: " + Failures.message(e));
      ServerLog.LOG.debug(() -> "connection ended: " + Failures.message(e));
    } catch (RuntimeException | Error e) {
      session.setEndReason("a fault of the server: " + e);
      ServerLog.LOG.error("the connection is dropped: " + e, e);
    } finally {
      if (!handedOver) {
        transmissionEnded();
      }
      ConnectionContext.clear();
    }
  }

  /** Returns true if transmission has started; it ends with {@link #transmissionEnded}. */
  private boolean handshakeAndServe() throws IOException {
    if (stopping) {
      return false;
    }
    ServedChain only = core.exports().only();
    if (only != null) {
      admission.enter(only);
    }
    activity = "in the handshake, perhaps opening its disk";
    Transmission phase;
    Slab first;
    int length;
    Slab in = core.pool().acquire(HandshakeWire.SLAB);
    Slab out = core.pool().acquire(HandshakeWire.SLAB);
    long deadline = System.nanoTime() + core.options().handshakeTimeout().toNanos();
    HandshakeWire handshakeWire =
        new HandshakeWire(socket, deadline, core.silent(), this::dropIdle, in, out);
    boolean chosen = false;
    Handshake handshake = new Handshake(core.handshake(), handshakeWire, session, admission);
    try {
      OpenExport opened = handshake.run();
      export = opened;
      if (opened == null) {
        session.setEndReason("the client ended the handshake");
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
              this::transmissionEnded);
      first = phase.pool.acquireBase(Receiver.SLAB);
      length = handshakeWire.moveTo(first);
    } finally {
      if (!chosen) {
        drop(); // first, so that the client does not wait until the disk is closed
      }
      handshake.close();
      core.pool().release(in);
      core.pool().release(out);
    }
    activity = "in transmission";
    core.listeners().exportOpened(this);
    transmission = phase;
    if (stopping) {
      phase.stop();
    }
    phase.begin(first, 0, length);
    return true;
  }

  private void transmissionEnded() {
    try {
      closeExport();
    } finally {
      admission.leave();
      ended();
    }
  }

  private void closeExport() {
    OpenExport opened = export;
    if (opened != null) {
      activity = "closing its disk";
      try {
        opened.close();
      } catch (IOException | RuntimeException | Error e) {
        ServerLog.LOG.error("closing the disk failed: " + Failures.message(e));
      }
    }
  }

  private void ended() {
    session.end();
    wire.close();
    core.listeners().closed(this, session.endReason());
    onEnd.run();
  }

  /**
   * Requests the end of the connection: at once during the handshake, otherwise after the requests
   * that have arrived.
   */
  void stop() {
    stopping = true;
    session.setEndReason("the server stopped");
    Transmission phase = transmission;
    if (phase == null) {
      session.end();
      wire.close();
    } else {
      phase.stop();
    }
  }

  /**
   * Disconnects the client if it has neither sent nor received data for this time.
   *
   * @param why the reason, for the log
   */
  void dropIfStalled(long nanos, String why) {
    Transmission phase = transmission;
    if (phase != null && phase.stalledNanos() > nanos) {
      drop("it has stalled, and " + why);
    }
  }

  private void dropIdle() {
    String why = "it was silent, and more than " + HandshakeLimit.MAX_CLIENTS + " clients are";
    session.setEndReason(why);
    // the label of the calling thread, which may serve another connection
    ConnectionContext.Label self = ConnectionContext.label();
    ConnectionContext.set(session);
    core.rejections().rejected(session.peer(), why);
    ConnectionContext.set(self);
    drop();
  }

  /** Disconnects the client without waiting for requests in progress, and logs the reason. */
  @Override
  public void drop(String why) {
    session.setEndReason(why);
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

  /** Bytes of the pool's memory that the connection holds. */
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

  /**
   * The time in nanoseconds since the client last sent expected data or received a part of a reply.
   */
  @Override
  public long stalledNanos() {
    Transmission phase = transmission;
    return phase == null ? 0 : phase.stalledNanos();
  }

  /** The duration in nanoseconds of the transfer for which the connection holds memory. */
  @Override
  public long transferNanos() {
    Transmission phase = transmission;
    return phase == null ? 0 : phase.transferNanos();
  }

  /** The connection and its current state, for messages. */
  @Override
  public String toString() {
    return "connection " + session.number() + " is " + activity;
  }

  /** Disconnects the client without waiting for requests in progress. */
  void drop() {
    session.end();
    wire.close();
  }
}
