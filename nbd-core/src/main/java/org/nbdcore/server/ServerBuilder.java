package org.nbdcore.server;

import java.io.IOException;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.nbdcore.chain.Chain;
import org.nbdcore.server.failure.CloseQuietly;

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
  private boolean addressesChosen;
  private boolean socketsPassedOn; // to a server, with the options
  private ServerOptions options = ServerOptions.defaults(List.of());
  private ServerHooks hooks = ServerHooks.NONE;

  ServerBuilder() {}

  List<ServerExport> exports() {
    return exports;
  }

  /** The chain of {@link #chain}, or null. */
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

  /**
   * Claims the chains of all exports. If one is in use elsewhere, closes the others, and the
   * sockets unless this builder has passed them to a server before.
   *
   * @return all chains
   * @throws IllegalStateException if a chain is in use, has two names here, or is closed
   */
  List<Chain> claimChains() {
    List<Chain> claimed = new ArrayList<>();
    IllegalStateException refused = null;
    for (ServerExport export : exports) {
      try {
        export.claimChain();
        claimed.add(export.chain());
      } catch (IllegalStateException e) {
        refused = e;
      }
    }
    if (others != null) {
      try {
        others.claim();
        claimed.add(others);
      } catch (IllegalStateException e) {
        refused = e;
      }
    }
    if (refused != null) {
      claimed.forEach(CloseQuietly::quietly);
      if (!socketsPassedOn) {
        closeSockets();
      }
      throw refused;
    }
    socketsPassedOn = true;
    return claimed;
  }

  /** Closes the open sockets of the options. */
  void closeSockets() {
    options.inherited().forEach(CloseQuietly::quietly);
    options.single().ifPresent(CloseQuietly::quietly);
  }

  /**
   * Checks that the server has something to serve, and clients.
   *
   * @throws IllegalStateException naming what is missing
   */
  void check() {
    if (exports.isEmpty() && others == null) {
      throw new IllegalStateException("a server needs an export or a chain");
    }
    if (!addressesChosen && hooks == ServerHooks.NONE) {
      throw new IllegalStateException(
          "the server has no address to listen on: call listen(address), or listen() without an"
              + " address for a server whose only clients you pass to NbdServer.serve");
    }
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
   * Sets all options. This replaces the effect of earlier calls of this method and of {@link
   * #listen}.
   */
  public ServerBuilder options(ServerOptions value) {
    options = Objects.requireNonNull(value);
    socketsPassedOn = false;
    addressesChosen = true;
    return this;
  }

  /**
   * Sets the addresses to bind. Without an address, the server listens nowhere: it then serves only
   * the clients that you pass to {@link NbdServer#serve}.
   */
  public ServerBuilder listen(SocketAddress... addresses) {
    options = options.withListen(List.of(addresses));
    addressesChosen = true;
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
   * @throws IllegalStateException if there is nothing to serve, if two exports have the same name,
   *     if neither {@link #listen}, {@link #options} nor {@link #hooks} was called, or if a chain
   *     is closed or in use, for example because this builder has started a server with it. All
   *     chains and the sockets of the options are then closed, except those in use elsewhere
   */
  public NbdServer start() throws IOException {
    return NbdServer.start(this);
  }
}
