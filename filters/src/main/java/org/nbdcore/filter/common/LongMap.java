package org.nbdcore.filter.common;

/**
 * A hash table whose keys are numbers from 0 and need no object each. Not safe for several threads.
 *
 * @param <V> the type of its values
 */
public final class LongMap<V> {

  private static final long FREE = -1;

  private long[] keys = new long[16];
  private Object[] values = new Object[16];
  private int size;

  /** Makes an empty table. */
  public LongMap() {
    java.util.Arrays.fill(keys, FREE);
  }

  /** How many keys there are. */
  public int size() {
    return size;
  }

  /** The value of a key, or null. */
  @SuppressWarnings("unchecked") // only put fills it
  public V get(long key) {
    int at = index(key);
    return keys[at] == key ? (V) values[at] : null;
  }

  /** Sets the value of a key, which is 0 or more. */
  public void put(long key, V value) {
    if (key < 0) {
      throw new IllegalArgumentException("the key must be 0 or more, not " + key);
    }
    int at = index(key);
    if (keys[at] != key) {
      if (size * 2 >= keys.length) {
        grow();
        at = index(key);
      }
      keys[at] = key;
      size++;
    }
    values[at] = value;
  }

  /** Removes a key, if it is there. */
  public void remove(long key) {
    int at = index(key);
    if (keys[at] != key) {
      return;
    }
    size--;
    int mask = keys.length - 1;
    int hole = at;
    // Move up what would no longer be found across the gap.
    for (int i = (at + 1) & mask; keys[i] != FREE; i = (i + 1) & mask) {
      int home = home(keys[i]);
      if (((i - home) & mask) >= ((i - hole) & mask)) {
        keys[hole] = keys[i];
        values[hole] = values[i];
        hole = i;
      }
    }
    keys[hole] = FREE;
    values[hole] = null;
  }

  private int index(long key) {
    int mask = keys.length - 1;
    int at = home(key);
    while (keys[at] != FREE && keys[at] != key) {
      at = (at + 1) & mask;
    }
    return at;
  }

  private int home(long key) {
    long mixed = key * 0x9e3779b97f4a7c15L;
    return (int) (mixed >>> 32) & (keys.length - 1);
  }

  private void grow() {
    long[] oldKeys = keys;
    Object[] oldValues = values;
    keys = new long[oldKeys.length * 2];
    java.util.Arrays.fill(keys, FREE);
    values = new Object[keys.length];
    for (int i = 0; i < oldKeys.length; i++) {
      if (oldKeys[i] != FREE) {
        int at = index(oldKeys[i]);
        keys[at] = oldKeys[i];
        values[at] = oldValues[i];
      }
    }
  }
}
