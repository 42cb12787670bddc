package org.nbdcore.server;

import java.util.Objects;
import org.nbdcore.chain.Chain;

/**
 * An export of a server: a name, and the chain that serves it. One immutable value, changed with
 * the {@code with} methods.
 *
 * <p>Each export has a chain of its own, with a lifecycle of its own: the server starts the chain,
 * and closes it when the export is removed or the server stops.
 */
public final class ServerExport {

  private final String name;
  private final Chain chain;
  private final String description;
  private final boolean readOnly;
  private final boolean lazy;

  private ServerExport(
      String name, Chain chain, String description, boolean readOnly, boolean lazy) {
    this.name = Objects.requireNonNull(name, "name");
    this.chain = Objects.requireNonNull(chain, "chain");
    this.description = Objects.requireNonNull(description, "description");
    this.readOnly = readOnly;
    this.lazy = lazy;
  }

  /**
   * An export without a description, which is started with the server.
   *
   * @param name what a client sends to open it; the empty name is the default export. The chain
   *     sees it as the name of the export
   * @param chain not started; the server owns it from now on
   */
  public static ServerExport of(String name, Chain chain) {
    return new ServerExport(name, chain, "", false, false);
  }

  /** What a client sends to open it. */
  public String name() {
    return name;
  }

  /** Its plugin and filters. */
  public Chain chain() {
    return chain;
  }

  /** A text for people in the list of exports, or the empty string. */
  public String description() {
    return description;
  }

  /** True if writing is refused. {@link ServerOptions#readOnly} refuses it for all exports. */
  public boolean readOnly() {
    return readOnly;
  }

  /** True if the chain starts only when a client first opens the export. */
  public boolean lazy() {
    return lazy;
  }

  /** Changes {@link #description}. */
  public ServerExport withDescription(String value) {
    return new ServerExport(name, chain, value, readOnly, lazy);
  }

  /** Changes {@link #readOnly}. */
  public ServerExport withReadOnly(boolean value) {
    return new ServerExport(name, chain, description, value, lazy);
  }

  /** Changes {@link #lazy}. */
  public ServerExport withLazy(boolean value) {
    return new ServerExport(name, chain, description, readOnly, value);
  }
}
