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
   * Creates an export without a description. Its chain starts with the server.
   *
   * @param name the name that clients send to open the export; the empty name is the default
   *     export. The chain receives it as the name of the export
   * @param chain must not be started; the server owns it from now on
   */
  public static ServerExport of(String name, Chain chain) {
    return new ServerExport(name, chain, "", false, false);
  }

  /** Returns the name that clients send to open the export. */
  public String name() {
    return name;
  }

  /** Returns the chain. */
  public Chain chain() {
    return chain;
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
