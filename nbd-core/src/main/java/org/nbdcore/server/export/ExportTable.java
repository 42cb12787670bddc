package org.nbdcore.server.export;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;

/**
 * The exports of a server by name, and optionally one for all other names. Exports can be added,
 * replaced and removed at any time. Connections keep the chain that they use.
 */
public final class ExportTable {

  /** An immutable snapshot of the table. */
  private record Exports(Map<String, ServedChain> named, ServedChain others) {

    Exports with(String name, ServedChain chain) {
      if (name.equals(WILDCARD)) {
        return new Exports(named, chain);
      }
      Map<String, ServedChain> changed = new LinkedHashMap<>(named);
      if (chain == null) {
        changed.remove(name);
      } else {
        changed.put(name, chain); // a replaced export keeps its position
      }
      return new Exports(Collections.unmodifiableMap(changed), others);
    }

    ServedChain of(String name) {
      return name.equals(WILDCARD) ? others : named.get(name);
    }
  }

  /** The name of the export for all other names. */
  public static final String WILDCARD = "*";

  private volatile Exports exports; // replaced while the monitor is held
  private final List<ServedChain> leaving = new ArrayList<>(); // removed; guarded by this
  private boolean closed; // guarded by this

  /**
   * Creates an empty table.
   *
   * @param others serves every name that is not in the table; may be null
   */
  public ExportTable(ServedChain others) {
    exports = new Exports(Map.of(), others);
  }

  /**
   * Adds an export.
   *
   * @throws IllegalStateException if the name is taken or the server is stopping
   */
  public synchronized void add(ServedChain export) {
    String name = export.export().name();
    if (exports.of(name) != null) {
      throw new IllegalStateException("there is an export '" + name + "' already");
    }
    replace(export);
  }

  /**
   * Adds an export, or replaces the export of the same name.
   *
   * @return the previous export, or null
   * @throws IllegalStateException if the server is stopping
   */
  public synchronized ServedChain replace(ServedChain export) {
    String name = export.export().name();
    if (closed) {
      throw new IllegalStateException("the server is stopping and takes no export '" + name + "'");
    }
    ServedChain previous = exports.of(name);
    exports = exports.with(name, export);
    left(previous);
    return previous;
  }

  /**
   * Removes an export from the table, but not from its connections.
   *
   * @throws NoSuchElementException if there is none of that name
   */
  public synchronized ServedChain remove(String name) {
    ServedChain removed = exports.of(name);
    if (removed == null) {
      throw new NoSuchElementException("there is no export '" + name + "'");
    }
    exports = exports.with(name, null);
    left(removed);
    return removed;
  }

  /** Removes this export, if it is still in the table. */
  public synchronized void remove(ServedChain export) {
    String name = export.export().name();
    if (exports.of(name) == export) {
      exports = exports.with(name, null);
    }
  }

  private void left(ServedChain chain) {
    leaving.removeIf(ServedChain::isClosed);
    if (chain != null) {
      leaving.add(chain);
    }
  }

  /** Accepts no more exports. Returns all exports, and removed exports that are not closed yet. */
  public synchronized List<ServedChain> close() {
    closed = true;
    left(null);
    List<ServedChain> all = new ArrayList<>(all());
    all.addAll(leaving);
    return all;
  }

  /** All chains. */
  public List<ServedChain> all() {
    Exports now = exports;
    List<ServedChain> all = new ArrayList<>(now.named.values());
    if (now.others != null) {
      all.add(now.others);
    }
    return all;
  }

  /** The exports with a name, in the order in which they were added. */
  public List<ServedChain> named() {
    return List.copyOf(exports.named.values());
  }

  /** The chain for every other name, or null. */
  public ServedChain others() {
    return exports.others;
  }

  /** The export with exactly this name, or null. The name may be {@link #WILDCARD}. */
  public ServedChain get(String name) {
    return exports.of(name);
  }

  /** True if there is an export with exactly this name that has not failed. */
  public boolean usable(String name) {
    ServedChain chain = get(name);
    return chain != null && chain.state() != ServedChain.State.FAILED;
  }

  /** The chain that serves {@code name}, or null. */
  public ServedChain find(String name) {
    Exports now = exports;
    return now.named.getOrDefault(name, now.others);
  }

  /**
   * The chain that every client uses, independent of the name that it sends. Null if the chain
   * depends on the name, or if the client must be checked first.
   */
  public ServedChain only() {
    Exports now = exports;
    return now.named.isEmpty() && now.others != null && !now.others.checksClients()
        ? now.others
        : null;
  }
}
