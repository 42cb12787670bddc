package org.nbdcore.spi.helpers;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * State of a filter for each export, kept while a connection uses the export, or longer if needed.
 * Safe for use by several threads.
 *
 * @param <T> the state of one export
 */
public final class PerExport<T> {

  /**
   * Makes the state of an export.
   *
   * @param <T> its type
   */
  @FunctionalInterface
  public interface Maker<T> {
    /** Called under the lock of the table, so it must not wait for another connection. */
    T make() throws IOException;
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

  /** The state of an export, made if there is none; give it back with {@link #release}. */
  public synchronized T acquire(String export, Maker<T> maker) throws IOException {
    Entry<T> entry = entries.get(export);
    if (entry == null) {
      entry = new Entry<>(maker.make());
      entries.put(export, entry);
      refresh();
    }
    entry.users++;
    return entry.value;
  }

  /** Gives one use back; returns whether it was the last, after which the state is forgotten. */
  public boolean release(String export) {
    return release(export, state -> true);
  }

  /**
   * The same for a state that may have to outlive its users.
   *
   * @param needless asked for the last user, under the lock of the table
   * @return whether the state is forgotten
   */
  public synchronized boolean release(String export, Predicate<? super T> needless) {
    Entry<T> entry = entries.get(export);
    if (entry == null) {
      throw new IllegalStateException("the state of export " + export + " is not acquired");
    }
    entry.users--;
    if (entry.users > 0 || !needless.test(entry.value)) {
      return false;
    }
    entries.remove(export);
    refresh();
    return true;
  }

  /** The states of all exports in use, as they were a moment ago; the list does not change. */
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
