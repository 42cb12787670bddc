package org.nbdcore.server;

import java.io.IOException;
import java.nio.channels.SocketChannel;
import org.nbdcore.log.ConnectionContext;

/** One client, from the accepted socket to the closed device. */
final class Connection implements Runnable {

  private final ServerCore core;
  private final PlainWire socket;
  private volatile Wire wire; // the socket, or TLS over it
  private final ConnectionSession session;
  private final Runnable whenOver;
  private OpenExport export; // set before transmission begins, closed when it is over
  private volatile Transmission transmission;
  private volatile boolean stopping;

  /**
   * Takes over a socket, which is closed also if this fails.
   *
   * @param whenOver called once, when nothing of the connection is left
   */
  Connection(
      ServerCore core, SocketChannel channel, long number, Runnable stopServer, Runnable whenOver)
      throws IOException {
    this.core = core;
    this.whenOver = whenOver;
    socket = new PlainWire(channel);
    wire = socket;
    PeerSource source = new PeerSource(channel);
    session =
        new ConnectionSession(
            number,
            core.options().readOnly(),
            socket.peer(),
            source::credentials,
            socket::close,
            stopServer);
  }

  @Override
  public void run() {
    ConnectionContext.set(session.number());
    boolean handedOver = false;
    try {
      core.locks().enterConnection();
      try {
        handedOver = shakeHandsAndServe();
      } finally {
        if (!handedOver) {
          closeExport();
          core.locks().exitConnection();
        }
      }
    } catch (InterruptedException e) {
      ServerLog.LOG.debug("a waiting connection is dropped");
    } catch (IOException e) {
      ServerLog.LOG.debug(() -> "connection ended: " + Failures.message(e));
    } catch (RuntimeException | Error e) {
      ServerLog.LOG.error("the connection is dropped: " + e, e);
    } finally {
      ConnectionContext.clear();
      if (!handedOver) {
        over();
      }
    }
  }

  /** Returns whether transmission has begun, which ends with {@link #transmissionOver}. */
  private boolean shakeHandsAndServe() throws IOException {
    if (stopping) {
      return false;
    }
    core.locks().enter();
    try {
      core.top().preconnect(session);
    } finally {
      core.locks().exit();
    }
    Transmission phase;
    Slab first;
    int length;
    Slab in = core.pool().acquire(HandshakeWire.SLAB);
    Slab out = core.pool().acquire(HandshakeWire.SLAB);
    long deadline = System.nanoTime() + core.options().handshakeTimeout().toNanos();
    HandshakeWire handshakeWire = new HandshakeWire(socket, deadline, in, out);
    try (Handshake handshake = new Handshake(core, handshakeWire, session)) {
      export = handshake.run();
      if (export == null) {
        return false;
      }
      wire = handshakeWire.wire();
      phase =
          new Transmission(
              core, wire, export, handshake.negotiated(export), session, this::transmissionOver);
      first = phase.pool.acquire(Receiver.SLAB);
      length = handshakeWire.moveTo(first);
    } finally {
      core.pool().release(in);
      core.pool().release(out);
    }
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
      core.locks().exitConnection();
      over();
    }
  }

  private void closeExport() {
    if (export != null) {
      try {
        export.close();
      } catch (IOException | RuntimeException | Error e) {
        ServerLog.LOG.error("closing the disk failed: " + Failures.message(e));
      }
    }
  }

  private void over() {
    session.end();
    wire.close();
    whenOver.run();
  }

  /** Asks for an end: at once during the handshake, else after the requests that have arrived. */
  void stop() {
    stopping = true;
    Transmission phase = transmission;
    if (phase == null) {
      session.end();
      wire.close();
    } else {
      phase.stop();
    }
  }

  /**
   * Drops a client that has neither sent what it owes nor taken what it is sent for so long.
   *
   * @param why for the log
   */
  void dropIfStalled(long nanos, String why) {
    Transmission phase = transmission;
    if (phase != null && phase.stalledNanos() > nanos) {
      ServerLog.LOG.warn(
          "connection " + session.number() + " is dropped: it has stalled, and " + why);
      drop();
    }
  }

  /** Drops the client without waiting for requests in progress. */
  void drop() {
    session.end();
    wire.close();
  }
}
