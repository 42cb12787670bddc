package org.nbdcore.spi.helpers;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * A filter's state for each export. It is kept while a connection uses the export, or longer if
 * needed. Safe for use by several threads.
 *
 * @param <T> the state of one export
 */
public final class PerExport<T> {

  /**
   * Creates the state of an export.
   *
   * @param <T> its type
   */
  @FunctionalInterface
  public interface Factory<T> {
    /** Called under the lock of the table, so do not wait for another connection. */
    T create() throws IOException;
  }

  private static final class Entry<T> {
    private final T value;
    private int users;

    private Entry(T value) {
      this.value = value;
    }
  }

  private final Map<String, Entry<T>> entries = new HashMap<>();
  private volatile List<T> values = List.of();

  /**
   * Returns the state of an export, and creates it if there is none. Call {@link #release} after
   * use.
   */
  public synchronized T acquire(String export, Factory<T> factory) throws IOException {
    Entry<T> entry = entries.get(export);
    if (entry == null) {
      entry = new Entry<>(factory.create());
      entries.put(export, entry);
      refresh();
    }
    entry.users++;
    return entry.value;
  }

  /**
   * Ends one use of the state. After the last use, the state is removed.
   *
   * @return true if the state was removed
   */
  public boolean release(String export) {
    return release(export, state -> true);
  }

  /**
   * Ends one use of the state. After the last use, the state is removed if {@code removable}
   * returns true.
   *
   * @param removable called after the last use, under the lock of the table; returns true if the
   *     state can be removed
   * @return true if the state was removed
   */
  public synchronized boolean release(String export, Predicate<? super T> removable) {
    Entry<T> entry = entries.get(export);
    if (entry == null) {
      throw new IllegalStateException("the state of export " + export + " is not acquired");
    }
    entry.users--;
    if (entry.users > 0 || !removable.test(entry.value)) {
      return false;
    }
    entries.remove(export);
    refresh();
    return true;
  }

  /** A snapshot of the states of all exports; the list does not change. */
  public List<T> all() {
    return values;
  }

  private void refresh() {
    List<T> now = new ArrayList<>(entries.size());
    for (Entry<T> entry : entries.values()) {
      now.add(entry.value);
    }
    values = List.copyOf(now);
  }
}
