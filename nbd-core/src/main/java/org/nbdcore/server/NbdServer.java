package org.nbdcore.server;

import java.io.IOException;
import java.net.SocketAddress;
import java.nio.channels.SocketChannel;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.nbdcore.chain.Chain;
import org.nbdcore.chain.LayerCounter;
import org.nbdcore.server.failure.CloseQuietly;
import org.nbdcore.server.failure.Failures;
import org.nbdcore.server.memory.SlabPool;
import org.nbdcore.spi.Experimental;
import org.nbdcore.spi.Host;

/**
 * A running NBD server. It accepts connections on its own threads until it stops. Create one with
 * {@link #builder}, or with {@link #start} for a single chain.
 *
 * <p>{@link #close} and {@link #stop} complete the requests in progress. They then close every
 * connection, and then every chain. If something hangs, see {@link #hanging}.
 */
public final class NbdServer implements AutoCloseable {

  /** The states of a server, in their order. */
  public enum State {
    /** Chains start, or addresses are not bound yet. */
    STARTING,
    /** Accepts clients. */
    RUNNING,
    /** Accepts no new clients, and stops when the last one has left; see {@link #drain}. */
    DRAINING,
    /** A stop was requested, or the start failed. */
    STOPPING,
    /** Everything is closed, or the stop has timed out; see {@link #hanging}. */
    STOPPED
  }

  private static final long MEMORY_RETAINED = 32L << 20;

  private final ServerHooks hooks;
  private final ServerCore core;
  private final ServedExports exports;
  private final Host host;
  private final ServerThreads threads;
  private final Acceptor acceptor;
  private final Set<Connection> connections = ConcurrentHashMap.newKeySet();
  private final ServerStop stop = new ServerStop(this::shutDown, this::afterShutDown);

  private boolean started; // guarded by this
  private boolean stopEarly; // requested by a layer during the start; guarded by this
  private volatile boolean accepting;

  private NbdServer(ServerBuilder builder) {
    ServerOptions options = builder.options();
    hooks = builder.hooks();
    host = host(options.serverName());
    threads = new ServerThreads(options.executor());
    MemoryReclaimer reclaimer = new MemoryReclaimer(connections);
    exports = new ServedExports(builder, host, threads, reclaimer);
    SlabPool pool = new SlabPool(options.memory(), MEMORY_RETAINED, reclaimer::run);
    core = ServerCore.of(options, exports.table(), pool, threads, builder.listeners());
    acceptor = new Acceptor(core, hooks, threads, stop, connections);
  }

  private Host host(String name) {
    return new Host() {
      @Override
      public void stop() {
        stopOnceStarted();
      }

      @Override
      public String serverName() {
        return name;
      }
    };
  }

  /** Returns a builder, for a server with several exports, listeners or hooks. */
  public static ServerBuilder builder() {
    return new ServerBuilder();
  }

  /**
   * Starts the chain, binds every address and accepts clients.
   *
   * @param chain the chain to serve; the server closes it, even if this method throws
   * @throws IOException if the chain does not start or an address cannot be bound; everything is
   *     then closed again
   * @throws IllegalStateException if the chain is in use elsewhere, and then stays open, or is
   *     closed
   */
  public static NbdServer start(Chain chain, ServerOptions options) throws IOException {
    return start(chain, options, ServerHooks.NONE);
  }

  /** Like {@link #start(Chain, ServerOptions)}, with hooks. */
  public static NbdServer start(Chain chain, ServerOptions options, ServerHooks hooks)
      throws IOException {
    return builder().chain(chain).options(options).hooks(hooks).start();
  }

  /** Starts the server of a builder. If this method throws, it closes every chain. */
  static NbdServer start(ServerBuilder builder) throws IOException {
    try {
      NbdServer server = create(builder);
      try {
        server.start(builder.exports());
      } catch (IOException | RuntimeException | Error e) {
        server.acceptor.closeListeners();
        server.endThreads();
        server.stop.cancel();
        builder.closeSockets();
        server.exports.close().forEach(chain -> chain.retire(Runnable::run));
        throw e;
      }
      server.begin();
      return server;
    } catch (OutOfMemoryError e) {
      throw new IOException(
          "not enough memory or threads to start: "
              + Failures.message(e)
              + "; see ulimit -u and, under systemd, TasksMax",
          e);
    }
  }

  private static NbdServer create(ServerBuilder builder) {
    List<Chain> claimed = builder.claimChains();
    try {
      builder.check();
      return new NbdServer(builder);
    } catch (RuntimeException | Error e) {
      claimed.forEach(CloseQuietly::quietly);
      builder.closeSockets();
      throw e;
    }
  }

  private void start(List<ServerExport> all) throws IOException {
    core.listeners().starting(this);
    exports.start(all);
    acceptor.listen();
    hooks.beforeAccepting();
    startThreads();
  }

  /**
   * Adds an export and starts its chain. If the export is {@link ServerExport#lazy}, its chain
   * starts when the first client opens it.
   *
   * @throws IOException if the chain does not start; the server closes it
   * @throws IllegalStateException if there is an export of this name or the server is stopping; the
   *     server closes the chain. Also if the chain is in use, and then stays open, or is closed
   */
  public void addExport(ServerExport export) throws IOException {
    exports.add(export);
  }

  /**
   * Adds an export, or replaces the export of the same name. Unless the export is {@link
   * ServerExport#lazy}, its chain starts first, so clients never find the name missing. Existing
   * connections continue with the previous chain. When the last of them has ended, the server
   * closes it.
   *
   * @return completes when the previous chain is closed, with the failure if closing failed;
   *     completed if there was none
   * @throws IOException if the chain does not start; the server closes it. The previous export
   *     stays if it can be used. Otherwise the new one takes its place in the state {@link
   *     ExportStatus.State#FAILED}, so that clients get the reason
   * @throws IllegalStateException if the server is stopping; the server closes the chain. Also if
   *     the chain is in use, for example under this name, and then stays open, or is closed
   */
  public CompletableFuture<Void> replaceExport(ServerExport export) throws IOException {
    return exports.replace(export);
  }

  /**
   * Removes an export. The server refuses new clients of it, and existing connections continue.
   * When the last connection has ended, the server closes the chain. You can use the name again at
   * once.
   *
   * @return completes when the chain is closed, with the failure if closing failed
   * @throws java.util.NoSuchElementException if there is no export of this name
   */
  public CompletableFuture<Void> removeExport(String name) {
    return exports.remove(name);
  }

  /**
   * Returns the exports and their states, in the order in which they were added. The export named
   * {@link ServerExport#WILDCARD} comes last. The chain of {@link ServerBuilder#chain} is not
   * included.
   */
  public List<ExportStatus> exports() {
    return exports.statuses();
  }

  /**
   * Returns the counters of the layers of each export since its chain started, by the name of the
   * export. The chain of {@link ServerBuilder#chain} has the empty name.
   */
  @Experimental
  public Map<String, List<LayerCounter>> counters() {
    return exports.counters();
  }

  /**
   * Starts all threads that the server needs, including those for a stop. If a thread cannot be
   * created, the start fails.
   */
  private void startThreads() {
    stop.startThread();
    core.transmission().monitor().start();
    acceptor.startThreads();
    new Thread(() -> {}, "nbd-spare").start(); // the JDK needs another one to deliver a signal
  }

  private void begin() {
    acceptor.accept();
    accepting = true;
    core.options().single().ifPresent(acceptor::serve);
    synchronized (this) {
      started = true;
      if (!stopEarly) {
        return;
      }
    }
    stop();
  }

  /** Stops the server. If it is still starting, stops it after the start. */
  private void stopOnceStarted() {
    synchronized (this) {
      if (!started) {
        stopEarly = true;
        return;
      }
    }
    stop();
  }

  /**
   * Serves a client that the program has accepted, on the server's threads. If the server is
   * draining or has stopped, closes the channel.
   *
   * @param channel connected to the client; the server owns it from now on
   */
  public void serve(SocketChannel channel) {
    acceptor.serve(channel);
  }

  /** Returns the addresses on which the server listens, with the actual port numbers. */
  public List<SocketAddress> addresses() {
    return acceptor.addresses();
  }

  /** Returns the bytes of direct memory that requests and replies currently use. */
  public long memoryInUse() {
    return core.pool().inUse();
  }

  /** Returns the maximum of {@link #memoryInUse}, in bytes. */
  public long memoryLimit() {
    return core.pool().budget();
  }

  /** Returns the current state. */
  public State state() {
    if (stop.isOver()) {
      return State.STOPPED;
    }
    if (stop.isRequested()) {
      return State.STOPPING;
    }
    if (acceptor.isDraining()) {
      return State.DRAINING;
    }
    return accepting ? State.RUNNING : State.STARTING;
  }

  /**
   * Stops accepting clients, and stops the server when the last connection has ended. Returns at
   * once. Call it from any thread, any number of times, after the start. If a client opens several
   * connections one after the other, the server may refuse the later ones.
   */
  public void drain() {
    acceptor.drain();
  }

  /** Requests a stop and returns at once. Call it from any thread, any number of times. */
  public void stop() {
    stop.request();
  }

  /** Stops everything. Returns what hangs, or null. */
  private @Nullable String shutDown() {
    acceptor.closeListeners();
    return new Shutdown(exports.close(), connections, threads, core.options().stopTimeout()).run();
  }

  private void afterShutDown() {
    endThreads();
    acceptor.endReports();
    core.rejections().end();
  }

  /** Ends the idle threads. */
  private void endThreads() {
    core.transmission().monitor().end();
    threads.end();
  }

  /** Waits until the server has stopped, for any reason, and everything is closed. */
  public void awaitStopped() throws InterruptedException {
    stop.await();
  }

  /**
   * Describes what was still in use after {@link ServerOptions#stopTimeout}. The chain, or the
   * layer that hangs, is then still open, because the server never closes a layer in use. If
   * possible, exit the process. The value is set once the server has stopped.
   */
  public Optional<String> hanging() {
    return stop.hanging();
  }

  /** Stops the server, and waits until everything is closed or the stop has timed out. */
  @Override
  public void close() {
    stop.request();
    stop.awaitUninterruptibly();
  }
}
