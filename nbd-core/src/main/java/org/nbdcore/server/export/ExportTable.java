package org.nbdcore.server.export;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;

/**
 * The exports of a server by name, and perhaps one that serves every other name. Exports may be
 * added, replaced and removed at any time; connections keep the chain that they use.
 */
public final class ExportTable {

  /** What is served at one time. */
  private record Exports(Map<String, ServedChain> named, ServedChain others) {

    Exports with(String name, ServedChain chain) {
      if (name.equals(WILDCARD)) {
        return new Exports(named, chain);
      }
      Map<String, ServedChain> changed = new LinkedHashMap<>(named);
      if (chain == null) {
        changed.remove(name);
      } else {
        changed.put(name, chain); // one that is replaced keeps its place
      }
      return new Exports(Collections.unmodifiableMap(changed), others);
    }

    ServedChain of(String name) {
      return name.equals(WILDCARD) ? others : named.get(name);
    }
  }

  /** The name of the export that serves every other name. */
  public static final String WILDCARD = "*";

  private volatile Exports exports; // replaced under the monitor
  private final List<ServedChain> leaving = new ArrayList<>(); // removed; guarded by this
  private boolean closed; // guarded by this

  /**
   * An empty table.
   *
   * @param others serves every name that is not in the table, or null
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
   * Adds an export, or puts it in the place of the one of its name.
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

  /** Accepts no more exports; returns all that there are, and those removed but not yet closed. */
  public synchronized List<ServedChain> close() {
    closed = true;
    left(null);
    List<ServedChain> all = new ArrayList<>(all());
    all.addAll(leaving);
    return all;
  }

  /** Every chain. */
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

  /** The export of exactly this name, {@link #WILDCARD} among them, or null. */
  public ServedChain get(String name) {
    return exports.of(name);
  }

  /** Whether there is an export of exactly this name that has not failed. */
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
   * The chain that every client uses, whatever name it sends; null if that depends on the name, or
   * the client must be known first.
   */
  public ServedChain only() {
    Exports now = exports;
    return now.named.isEmpty() && now.others != null && !now.others.checksClients()
        ? now.others
        : null;
  }
}
