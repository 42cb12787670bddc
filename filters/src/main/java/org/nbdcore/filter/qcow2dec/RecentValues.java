package org.nbdcore.filter.qcow2dec;

import java.util.Arrays;

/**
 * A small cache of the most recently used values. Safe for use by several threads.
 *
 * @param <V> the type of the values, which must not be changed
 */
final class RecentValues<V> {

  // The most recently used value first. Guarded by this.
  private final long[] keys;
  private final Object[] values;

  /** Keeps {@code count} values, for keys from 0. */
  RecentValues(int count) {
    keys = new long[count];
    values = new Object[count];
    Arrays.fill(keys, -1);
  }

  /** The value of a key, or null. */
  @SuppressWarnings("unchecked") // only put fills it
  synchronized V get(long key) {
    for (int i = 0; i < keys.length; i++) {
      if (keys[i] == key) {
        V value = (V) values[i];
        shift(i, key, value);
        return value;
      }
    }
    return null;
  }

  /** Keeps a value in place of the least recently used one. */
  synchronized void put(long key, V value) {
    int at = keys.length - 1;
    for (int i = 0; i < keys.length; i++) {
      if (keys[i] == key) {
        at = i;
      }
    }
    shift(at, key, value);
  }

  private void shift(int upTo, long key, V value) {
    System.arraycopy(keys, 0, keys, 1, upTo);
    System.arraycopy(values, 0, values, 1, upTo);
    keys[0] = key;
    values[0] = value;
  }
}
