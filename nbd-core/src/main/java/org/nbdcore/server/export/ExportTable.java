package org.nbdcore.server.export;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;

/**
 * The exports of a server by name, and perhaps a chain that serves every other name. Exports may be
 * added and removed at any time; connections keep the chain that they use.
 */
public final class ExportTable {

  private final ServedChain others; // null if other names are refused
  private volatile Map<String, ServedChain> named = Map.of(); // replaced under the monitor
  private boolean closed; // guarded by this

  /**
   * An empty table.
   *
   * @param others serves every name that is not in the table, or null
   */
  public ExportTable(ServedChain others) {
    this.others = others;
  }

  /**
   * Adds an export.
   *
   * @throws IllegalStateException if the name is taken or the server is stopping
   */
  public synchronized void add(ServedChain export) {
    String name = export.export().name();
    if (closed) {
      throw new IllegalStateException("the server is stopping and takes no export '" + name + "'");
    }
    Map<String, ServedChain> changed = new LinkedHashMap<>(named);
    if (changed.putIfAbsent(name, export) != null) {
      throw new IllegalStateException("there is an export '" + name + "' already");
    }
    named = Collections.unmodifiableMap(changed);
  }

  /**
   * Removes an export from the table, but not from its connections.
   *
   * @throws NoSuchElementException if there is none of that name
   */
  public synchronized ServedChain remove(String name) {
    Map<String, ServedChain> changed = new LinkedHashMap<>(named);
    ServedChain removed = changed.remove(name);
    if (removed == null) {
      throw new NoSuchElementException("there is no export '" + name + "'");
    }
    named = Collections.unmodifiableMap(changed);
    return removed;
  }

  /** Removes this export, if it is still in the table. */
  public synchronized void remove(ServedChain export) {
    Map<String, ServedChain> changed = new LinkedHashMap<>(named);
    changed.remove(export.export().name(), export);
    named = Collections.unmodifiableMap(changed);
  }

  /** Accepts no more exports; returns all that there are. */
  public synchronized List<ServedChain> close() {
    closed = true;
    return all();
  }

  /** Every chain. */
  public List<ServedChain> all() {
    List<ServedChain> all = new ArrayList<>(named.values());
    if (others != null) {
      all.add(others);
    }
    return all;
  }

  /** The exports with a name, in the order in which they were added. */
  public List<ServedChain> named() {
    return List.copyOf(named.values());
  }

  /** The chain for every other name, or null. */
  public ServedChain others() {
    return others;
  }

  /** The chain that serves {@code name}, or null. */
  public ServedChain find(String name) {
    return named.getOrDefault(name, others);
  }

  /** The chain that every client uses, whatever name it sends; null if that depends on the name. */
  public ServedChain only() {
    return named.isEmpty() ? others : null;
  }
}
