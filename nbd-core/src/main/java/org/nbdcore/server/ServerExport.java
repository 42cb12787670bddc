package org.nbdcore.server;

import java.util.Objects;
import org.nbdcore.chain.Chain;

/**
 * An export of a server: a name and the chain that serves it. Immutable; each {@code with} method
 * returns a changed copy.
 *
 * <p>Each export has its own chain. The server starts the chain, and closes it when you remove the
 * export or the server stops.
 */
public final class ServerExport {

  /** The name of the export that serves every name without an export of its own. */
  public static final String WILDCARD = "*";

  private final String name;
  private final Chain chain;
  private final String description;
  private final boolean readOnly;
  private final boolean lazy;
  private final ClientCheck clientCheck;
  private final long maxInFlight;

  private ServerExport(
      String name,
      Chain chain,
      String description,
      boolean readOnly,
      boolean lazy,
      ClientCheck clientCheck,
      long maxInFlight) {
    this.name = Objects.requireNonNull(name, "name");
    this.chain = Objects.requireNonNull(chain, "chain");
    this.description = Objects.requireNonNull(description, "description");
    this.readOnly = readOnly;
    this.lazy = lazy;
    this.clientCheck = Objects.requireNonNull(clientCheck, "clientCheck");
    this.maxInFlight = maxInFlight;
  }

  /**
   * Creates an export without a description. Its chain starts with the server.
   *
   * @param name the name that clients send to open the export; the empty name is the default
   *     export. The chain receives it as the name of the export. An export named {@link #WILDCARD}
   *     serves all other names, and its chain receives the name that the client sent
   * @param chain must not be started or in use under another name; the server that receives the
   *     export owns the chain
   */
  public static ServerExport of(String name, Chain chain) {
    return new ServerExport(name, chain, "", false, false, ClientCheck.ANY, Long.MAX_VALUE);
  }

  /** Returns the name that clients send to open the export. */
  public String name() {
    return name;
  }

  /** Returns the chain. */
  public Chain chain() {
    return chain;
  }

  /**
   * Claims the chain for a server.
   *
   * @throws IllegalStateException if it is in use or closed
   */
  void claimChain() {
    try {
      chain.claim();
    } catch (IllegalStateException e) {
      throw new IllegalStateException("the export '" + name + "': " + e.getMessage(), e);
    }
  }

  /** Returns the description in the list of exports, or the empty string. */
  public String description() {
    return description;
  }

  /**
   * Returns true if the export is read-only. {@link ServerOptions#readOnly} makes all exports
   * read-only.
   */
  public boolean readOnly() {
    return readOnly;
  }

  /** Returns true if the chain starts only when a client first opens the export. */
  public boolean lazy() {
    return lazy;
  }

  /** Returns the check of the clients that may use the export. */
  public ClientCheck clientCheck() {
    return clientCheck;
  }

  /**
   * Returns the maximum total payload, in bytes, of the requests in progress of all clients of the
   * export; {@link Long#MAX_VALUE} for no limit.
   */
  public long maxInFlight() {
    return maxInFlight;
  }

  /** Changes {@link #description}. */
  public ServerExport withDescription(String value) {
    return new ServerExport(name, chain, value, readOnly, lazy, clientCheck, maxInFlight);
  }

  /** Changes {@link #readOnly}. */
  public ServerExport withReadOnly(boolean value) {
    return new ServerExport(name, chain, description, value, lazy, clientCheck, maxInFlight);
  }

  /** Changes {@link #lazy}. */
  public ServerExport withLazy(boolean value) {
    return new ServerExport(name, chain, description, readOnly, value, clientCheck, maxInFlight);
  }

  /**
   * Changes {@link #clientCheck}. The server refuses clients that fail the check before it starts a
   * lazy chain, and omits the export from the list that they receive.
   */
  public ServerExport withClientCheck(ClientCheck value) {
    return new ServerExport(name, chain, description, readOnly, lazy, value, maxInFlight);
  }

  /**
   * Changes {@link #maxInFlight}.
   *
   * @param value in bytes, at least 1. The server executes a larger request only while no other
   *     request of the export is in progress
   */
  public ServerExport withMaxInFlight(long value) {
    if (value < 1) {
      throw new IllegalArgumentException("the limit must be at least 1 byte, not " + value);
    }
    return new ServerExport(name, chain, description, readOnly, lazy, clientCheck, value);
  }
}
