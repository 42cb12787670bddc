package org.nbdcore.server;

import java.util.Locale;
import java.util.Optional;
import org.nbdcore.server.export.ServedChain;

/** The current state of one export of a server; see {@link NbdServer#exports}. */
public final class ExportStatus {

  /** The states of an export. */
  public enum State {
    /** The export is {@link ServerExport#lazy}, and no client has opened it yet. */
    NOT_STARTED,
    /** The chain is starting. Clients wait for it, up to {@link ServerOptions#startTimeout}. */
    STARTING,
    /** Clients can open the export. */
    RUNNING,
    /** The chain failed to start. Remove the export, and add it again with a new chain. */
    FAILED
  }

  private final String name;
  private final String description;
  private final State state;
  private final Optional<String> failure;
  private final int connections;
  private final boolean lazy;

  ExportStatus(ServedChain chain) {
    name = chain.export().name();
    description = chain.export().description();
    state = State.valueOf(chain.state().name());
    failure = Optional.ofNullable(chain.failure());
    connections = chain.users();
    lazy = chain.lazy();
  }

  /** Returns the name of the export. */
  public String name() {
    return name;
  }

  /** Returns the description, or the empty string. */
  public String description() {
    return description;
  }

  /** Returns the state. */
  public State state() {
    return state;
  }

  /** Returns why the chain failed to start; empty in every other state. */
  public Optional<String> failure() {
    return failure;
  }

  /**
   * Returns the number of connections that use the export. This includes clients that are still in
   * the handshake.
   */
  public int connections() {
    return connections;
  }

  /** Returns true if the chain starts only when a client first opens the export. */
  public boolean lazy() {
    return lazy;
  }

  /** Returns a description for messages. */
  @Override
  public String toString() {
    return "'"
        + name
        + "' ("
        + state.name().toLowerCase(Locale.ROOT).replace('_', ' ')
        + failure.map(reason -> ": " + reason).orElse("")
        + ")";
  }
}
