package org.nbdcore.server;

import java.io.IOException;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.nbdcore.chain.Chain;

/**
 * Configures and starts a server:
 *
 * <pre>{@code
 * NbdServer server = NbdServer.builder()
 *     .listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 10809))
 *     .export("a", chainA)
 *     .export(ServerExport.of("b", chainB).withDescription("the second disk"))
 *     .start();
 * }</pre>
 */
public final class ServerBuilder {

  private final List<ServerExport> exports = new ArrayList<>();
  private final List<ServerListener> listeners = new ArrayList<>();
  private @Nullable Chain others;
  private ServerOptions options = ServerOptions.defaults(List.of());
  private ServerHooks hooks = ServerHooks.NONE;

  ServerBuilder() {}

  List<ServerExport> exports() {
    return exports;
  }

  /** The chain for all other names, or null. */
  @Nullable Chain others() {
    return others;
  }

  ServerOptions options() {
    return options;
  }

  ServerHooks hooks() {
    return hooks;
  }

  List<ServerListener> listeners() {
    return listeners;
  }

  /** Adds an export under a name. */
  public ServerBuilder export(String name, Chain chain) {
    return export(ServerExport.of(name, chain));
  }

  /** Adds an export. */
  public ServerBuilder export(ServerExport export) {
    exports.add(Objects.requireNonNull(export));
    return this;
  }

  /**
   * Sets the chain that serves every name without an export of its own. The chain decides which of
   * these names exist. Without this call, the server refuses such names.
   */
  public ServerBuilder chain(Chain chain) {
    others = Objects.requireNonNull(chain);
    return this;
  }

  /**
   * Sets all options. Replaces the values of earlier calls of this method and of {@link #listen}.
   */
  public ServerBuilder options(ServerOptions value) {
    options = Objects.requireNonNull(value);
    return this;
  }

  /** Sets the addresses to bind. */
  public ServerBuilder listen(SocketAddress... addresses) {
    options = options.withListen(List.of(addresses));
    return this;
  }

  /** Sets the hooks. */
  public ServerBuilder hooks(ServerHooks value) {
    hooks = Objects.requireNonNull(value);
    return this;
  }

  /**
   * Adds a listener for connections and requests. The server calls several listeners in the order
   * of these calls.
   */
  public ServerBuilder listener(ServerListener listener) {
    listeners.add(Objects.requireNonNull(listener));
    return this;
  }

  /**
   * Starts the chains, binds every address and accepts clients. The chains of several exports start
   * in parallel. If a chain fails or takes longer than {@link ServerOptions#startTimeout}, the
   * server logs this and serves the other exports. {@link NbdServer#exports} returns the state of
   * each export.
   *
   * @throws IOException if the chain of {@link #chain} does not start, no export starts, or an
   *     address cannot be bound; all chains are then closed
   * @throws IllegalStateException if there is nothing to serve, or if two exports have the same
   *     name; all chains are then closed
   */
  public NbdServer start() throws IOException {
    return NbdServer.start(this);
  }
}
