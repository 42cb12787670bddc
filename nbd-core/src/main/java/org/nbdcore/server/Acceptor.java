package org.nbdcore.server;

import java.io.IOException;
import java.net.SocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.nbdcore.log.ServerLog;
import org.nbdcore.log.Throttle;
import org.nbdcore.server.failure.CloseQuietly;
import org.nbdcore.server.failure.Failures;

/** Listens for clients, and creates a connection for each. */
final class Acceptor {

  private final ServerCore core;
  private final ServerHooks hooks;
  private final ServerThreads threads;
  private final ServerStop stop;
  private final Set<Connection> connections;
  private final List<Listener> listeners = new ArrayList<>();
  private final AtomicLong numbers = new AtomicLong();
  private final Throttle unserved = new Throttle(ServerLog.LOG, "cannot serve a client");
  private volatile boolean draining;

  /**
   * Creates an acceptor that does not listen yet.
   *
   * @param connections must be safe for use by several threads; receives all connections of the
   *     server. Its monitor is notified when a connection has ended
   */
  Acceptor(
      ServerCore core,
      ServerHooks hooks,
      ServerThreads threads,
      ServerStop stop,
      Set<Connection> connections) {
    this.core = core;
    this.hooks = hooks;
    this.threads = threads;
    this.stop = stop;
    this.connections = connections;
  }

  /** Binds every address. Clients then wait until {@link #accept}. */
  void listen() throws IOException {
    ServerOptions options = core.options();
    for (ServerSocketChannel channel : options.inherited()) {
      listeners.add(Listener.inherited(channel, this::serve));
    }
    List<ServerSocketChannel> further = hooks.beforeListening();
    try {
      for (ServerSocketChannel channel : further) {
        listeners.add(Listener.inherited(channel, this::serve));
      }
    } catch (IOException | RuntimeException e) {
      further.forEach(CloseQuietly::quietly);
      throw e;
    }
    for (SocketAddress address : options.listen()) {
      listeners.add(Listener.bind(address, this::serve));
    }
  }

  /** Starts the threads, which accept no clients yet. */
  void startThreads() {
    listeners.forEach(Listener::start);
  }

  /** Accepts clients from now on. */
  void accept() {
    listeners.forEach(Listener::accept);
  }

  /** Serves a client, on the server's threads. Owns the channel from here on. */
  void serve(SocketChannel channel) {
    if (draining || stop.isOver()) {
      CloseQuietly.quietly(channel);
      return;
    }
    Connection[] self = new Connection[1];
    try {
      hooks.accepted(channel);
      Connection connection =
          new Connection(
              core,
              channel,
              numbers.incrementAndGet(),
              new PeerSource(hooks, channel),
              stop::request,
              () -> connectionEnded(self[0]));
      self[0] = connection;
      connections.add(connection);
      if (stop.isRequested()) {
        connection.stop();
      }
      threads.execute(connection);
    } catch (IOException | RuntimeException | Error e) {
      CloseQuietly.quietly(channel);
      unserved.failed(Failures.message(e));
      if (self[0] != null) {
        self[0].drop();
        connectionEnded(self[0]);
      } else if (core.options().single().isPresent()) {
        stop.request(); // there will be no further client
      }
    }
  }

  private void connectionEnded(Connection connection) {
    connections.remove(connection);
    synchronized (connections) {
      connections.notifyAll();
    }
    if (core.options().single().isPresent()) {
      stop.request();
    }
    stopIfDrained();
  }

  /** Accepts no more clients, and stops the server when the last connection has ended. */
  void drain() {
    draining = true;
    closeListeners();
    stopIfDrained();
  }

  private void stopIfDrained() {
    if (draining && connections.isEmpty()) {
      stop.request();
    }
  }

  /** True if {@link #drain} was called. */
  boolean isDraining() {
    return draining;
  }

  /** The addresses on which the server listens, with the actual port numbers. */
  List<SocketAddress> addresses() {
    return listeners.stream().map(Listener::address).toList();
  }

  /** Accepts no more clients. */
  void closeListeners() {
    listeners.forEach(CloseQuietly::quietly);
  }

  /** Ends the reports about clients that could not be served. */
  void endReports() {
    unserved.end();
  }
}
