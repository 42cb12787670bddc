package org.nbdcore.server;

import java.util.Locale;
import java.util.Optional;
import org.nbdcore.server.export.ServedChain;

/** How an export of a server is at the moment; see {@link NbdServer#exports}. */
public final class ExportStatus {

  /** What happens to an export. */
  public enum State {
    /** It is {@link ServerExport#lazy}, and no client has opened it. */
    NOT_STARTED,
    /** Its chain is starting. Clients wait for it, up to {@link ServerOptions#startTimeout}. */
    STARTING,
    /** Clients may open it. */
    RUNNING,
    /** Its chain could not be started. Remove it, and add it again with a new chain. */
    FAILED
  }

  private final String name;
  private final String description;
  private final State state;
  private final Optional<String> failure;
  private final int connections;

  ExportStatus(ServedChain chain) {
    name = chain.export().name();
    description = chain.export().description();
    state = State.valueOf(chain.state().name());
    failure = Optional.ofNullable(chain.failure());
    connections = chain.users();
  }

  /** The name of the export. */
  public String name() {
    return name;
  }

  /** Its description, or the empty string. */
  public String description() {
    return description;
  }

  /** What happens to it. */
  public State state() {
    return state;
  }

  /** Why it could not be started, if so. */
  public Optional<String> failure() {
    return failure;
  }

  /** How many connections use it, also those that are still choosing. */
  public int connections() {
    return connections;
  }

  /** For messages. */
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
