package org.nbdcore.server;

import java.net.SocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Executor;
import org.nbdcore.server.tls.Tls;

/**
 * Options of a server: how it listens and serves. Immutable; each {@code with} method returns a
 * changed copy. {@link ServerBuilder} sets its exports.
 */
public final class ServerOptions {

  private static final long MINIMUM_MEMORY = 128L << 20;

  private List<SocketAddress> listen = List.of();
  private List<ServerSocketChannel> inherited = List.of();
  private Optional<SocketChannel> single = Optional.empty();
  private boolean readOnly;
  private int threads = 16;
  private String exportName = "";
  private boolean structuredReplies = true;
  private boolean metaContexts = true;
  private int handshakeMask = 3;
  private boolean oldstyle;
  private boolean extendedHeaders = true;
  private Duration handshakeTimeout = Duration.ofSeconds(60);
  private Duration startTimeout = Duration.ofSeconds(30);
  private Duration stopTimeout = Duration.ofSeconds(30);
  private long memory = 512L << 20;
  private Optional<Executor> executor = Optional.empty();
  private Optional<Tls> tls = Optional.empty();
  private String serverName = "nbd-core";

  private ServerOptions() {}

  private ServerOptions(ServerOptions other) {
    listen = other.listen;
    inherited = other.inherited;
    single = other.single;
    readOnly = other.readOnly;
    threads = other.threads;
    exportName = other.exportName;
    structuredReplies = other.structuredReplies;
    metaContexts = other.metaContexts;
    handshakeMask = other.handshakeMask;
    oldstyle = other.oldstyle;
    extendedHeaders = other.extendedHeaders;
    handshakeTimeout = other.handshakeTimeout;
    startTimeout = other.startTimeout;
    stopTimeout = other.stopTimeout;
    memory = other.memory;
    executor = other.executor;
    tls = other.tls;
    serverName = other.serverName;
  }

  /**
   * Returns the defaults: 16 threads for each connection, all features offered, 60 seconds for the
   * handshake, 30 seconds for a stop.
   *
   * @param listen addresses to bind; see {@link #listen}
   */
  public static ServerOptions defaults(List<SocketAddress> listen) {
    return new ServerOptions().withListen(listen);
  }

  /**
   * Addresses to bind: {@link java.net.InetSocketAddress} or {@link
   * java.net.UnixDomainSocketAddress}. The server deletes the file of a Unix socket when it stops.
   * May be empty: the server then serves {@link #inherited} and {@link #single} channels, those of
   * {@link ServerHooks#beforeListening}, and clients passed to {@link NbdServer#serve}.
   */
  public List<SocketAddress> listen() {
    return listen;
  }

  /**
   * Listening channels that another program created (socket activation). The server closes them.
   */
  public List<ServerSocketChannel> inherited() {
    return inherited;
  }

  /** An existing connection. The server stops when this connection ends ({@code --single}). */
  public Optional<SocketChannel> single() {
    return single;
  }

  /** True to serve all exports read-only ({@code -r}). */
  public boolean readOnly() {
    return readOnly;
  }

  /** Maximum number of requests of one connection that run in parallel, at least 1 ({@code -t}). */
  public int threads() {
    return threads;
  }

  /** The export that the empty name stands for ({@code -e}); empty to ask the chain. */
  public String exportName() {
    return exportName;
  }

  /** True to offer structured replies ({@code --no-sr} disables them). */
  public boolean structuredReplies() {
    return structuredReplies;
  }

  /** True to offer meta contexts ({@code --no-mc} disables them). */
  public boolean metaContexts() {
    return metaContexts;
  }

  /** Bits of {@link org.nbdcore.protocol.HandshakeFlags} to offer. */
  public int handshakeMask() {
    return handshakeMask;
  }

  /**
   * True for the oldstyle handshake, which sends size and flags at once and negotiates nothing
   * ({@code -o}). Export names, structured replies, meta contexts, the mask and TLS then have no
   * effect.
   */
  public boolean oldstyle() {
    return oldstyle;
  }

  /** True to offer the 64-bit extension, which is still a draft ({@code --no-eh} disables it). */
  public boolean extendedHeaders() {
    return extendedHeaders;
  }

  /** Time limit for the handshake. */
  public Duration handshakeTimeout() {
    return handshakeTimeout;
  }

  /**
   * Time limit for the start of a chain. The start of a server with several exports waits this long
   * for their chains. A client waits this long for the chain of its export.
   */
  public Duration startTimeout() {
    return startTimeout;
  }

  /**
   * How long a stop waits for requests in progress. It waits the same time again for the chain to
   * close; see {@link NbdServer#hanging}.
   */
  public Duration stopTimeout() {
    return stopTimeout;
  }

  /**
   * Maximum direct memory for the data of all requests and replies in progress, in bytes. The
   * server allocates it on demand. Requests wait if no memory is free. The server uses at most
   * three quarters of the JVM's limit ({@code -XX:MaxDirectMemorySize}) if that is less.
   */
  public long memory() {
    return memory;
  }

  /** The executor of your program that replaces the server's threads; see {@link #withExecutor}. */
  public Optional<Executor> executor() {
    return executor;
  }

  /** TLS settings. */
  public Optional<Tls> tls() {
    return tls;
  }

  /** The name of this server that plugins and filters see ({@code --name}). */
  public String serverName() {
    return serverName;
  }

  /** Changes {@link #listen}. */
  public ServerOptions withListen(List<SocketAddress> value) {
    ServerOptions copy = new ServerOptions(this);
    copy.listen = List.copyOf(value);
    return copy;
  }

  /** Changes {@link #inherited}. */
  public ServerOptions withInherited(List<ServerSocketChannel> value) {
    ServerOptions copy = new ServerOptions(this);
    copy.inherited = List.copyOf(value);
    return copy;
  }

  /** Changes {@link #single}. */
  public ServerOptions withSingle(Optional<SocketChannel> value) {
    ServerOptions copy = new ServerOptions(this);
    copy.single = Objects.requireNonNull(value);
    return copy;
  }

  /** Changes {@link #readOnly}. */
  public ServerOptions withReadOnly(boolean value) {
    ServerOptions copy = new ServerOptions(this);
    copy.readOnly = value;
    return copy;
  }

  /** Changes {@link #threads}. */
  public ServerOptions withThreads(int value) {
    if (value < 1) {
      throw new IllegalArgumentException("the threads must be at least 1, not " + value);
    }
    ServerOptions copy = new ServerOptions(this);
    copy.threads = value;
    return copy;
  }

  /** Changes {@link #exportName}. */
  public ServerOptions withExportName(String value) {
    ServerOptions copy = new ServerOptions(this);
    copy.exportName = Objects.requireNonNull(value);
    return copy;
  }

  /** Changes {@link #structuredReplies}. */
  public ServerOptions withStructuredReplies(boolean value) {
    ServerOptions copy = new ServerOptions(this);
    copy.structuredReplies = value;
    return copy;
  }

  /** Changes {@link #metaContexts}. */
  public ServerOptions withMetaContexts(boolean value) {
    ServerOptions copy = new ServerOptions(this);
    copy.metaContexts = value;
    return copy;
  }

  /** Changes {@link #handshakeMask}. */
  public ServerOptions withHandshakeMask(int value) {
    ServerOptions copy = new ServerOptions(this);
    copy.handshakeMask = value;
    return copy;
  }

  /** Changes {@link #oldstyle}. */
  public ServerOptions withOldstyle(boolean value) {
    ServerOptions copy = new ServerOptions(this);
    copy.oldstyle = value;
    return copy;
  }

  /** Changes {@link #extendedHeaders}. */
  public ServerOptions withExtendedHeaders(boolean value) {
    ServerOptions copy = new ServerOptions(this);
    copy.extendedHeaders = value;
    return copy;
  }

  /** Changes {@link #handshakeTimeout}. */
  public ServerOptions withHandshakeTimeout(Duration value) {
    ServerOptions copy = new ServerOptions(this);
    copy.handshakeTimeout = Objects.requireNonNull(value);
    return copy;
  }

  /** Changes {@link #startTimeout}. */
  public ServerOptions withStartTimeout(Duration value) {
    ServerOptions copy = new ServerOptions(this);
    copy.startTimeout = Objects.requireNonNull(value);
    return copy;
  }

  /** Changes {@link #stopTimeout}. */
  public ServerOptions withStopTimeout(Duration value) {
    ServerOptions copy = new ServerOptions(this);
    copy.stopTimeout = Objects.requireNonNull(value);
    return copy;
  }

  /**
   * Changes {@link #memory}.
   *
   * @param value at least 128 MiB, which is room for two of the largest requests
   */
  public ServerOptions withMemory(long value) {
    if (value < MINIMUM_MEMORY) {
      throw new IllegalArgumentException(
          "the memory must be at least " + MINIMUM_MEMORY + " bytes, not " + value);
    }
    ServerOptions copy = new ServerOptions(this);
    copy.memory = value;
    return copy;
  }

  /**
   * Changes {@link #executor}. Each connection occupies one thread until it ends. A slow disk
   * occupies more, up to {@link #threads} for each connection.
   *
   * @param value must start each task at once on a thread that may block, such as {@link
   *     java.util.concurrent.Executors#newCachedThreadPool}. If it rejects a task, the client is
   *     disconnected. Do not use a pool with a queue, because clients would wait for each other.
   *     The server does not shut it down. Plugins that call native libraries may need a larger
   *     stack; {@link org.nbdcore.spi.DeviceThread} creates threads with one
   */
  public ServerOptions withExecutor(Executor value) {
    ServerOptions copy = new ServerOptions(this);
    copy.executor = Optional.of(value);
    return copy;
  }

  /** Changes {@link #tls}. */
  public ServerOptions withTls(Optional<Tls> value) {
    ServerOptions copy = new ServerOptions(this);
    copy.tls = Objects.requireNonNull(value);
    return copy;
  }

  /** Changes {@link #tls} to encrypt. */
  public ServerOptions withTls(Tls value) {
    return withTls(Optional.of(value));
  }

  /** Changes {@link #serverName}. */
  public ServerOptions withServerName(String value) {
    ServerOptions copy = new ServerOptions(this);
    copy.serverName = Objects.requireNonNull(value);
    return copy;
  }
}
