package org.nbdcore.server;

import java.io.IOException;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.nbdcore.chain.Chain;

/**
 * Puts a server together:
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
  private Chain others;
  private ServerOptions options = ServerOptions.defaults(List.of());
  private ServerHooks hooks = ServerHooks.NONE;

  ServerBuilder() {}

  List<ServerExport> exports() {
    return exports;
  }

  /** The chain of all other names, or null. */
  Chain others() {
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

  /** Adds an export that clients open by this name. */
  public ServerBuilder export(String name, Chain chain) {
    return export(ServerExport.of(name, chain));
  }

  /** Adds an export. */
  public ServerBuilder export(ServerExport export) {
    exports.add(Objects.requireNonNull(export));
    return this;
  }

  /**
   * Sets the chain that serves every name that no export has, and decides itself which names exist.
   * Without one, the server refuses other names.
   */
  public ServerBuilder chain(Chain chain) {
    others = Objects.requireNonNull(chain);
    return this;
  }

  /** Sets all options; replaces earlier calls of this method and of {@link #listen}. */
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

  /** Adds a listener for connections and requests; several are called in this order. */
  public ServerBuilder listener(ServerListener listener) {
    listeners.add(Objects.requireNonNull(listener));
    return this;
  }

  /**
   * Starts the chains, binds every address and begins to accept. Several exports start side by
   * side: one that fails, or takes longer than {@link ServerOptions#startTimeout}, is logged, and
   * the others are served. {@link NbdServer#exports} shows the state of each.
   *
   * @throws IOException if the chain of {@link #chain} does not start, no export does, or an
   *     address cannot be bound; all chains are closed
   * @throws IllegalStateException if there is nothing to serve, or two exports have one name; all
   *     chains are closed
   */
  public NbdServer start() throws IOException {
    return NbdServer.start(this);
  }
}
