package org.nbdcore.filter.common;

import java.util.Arrays;

/**
 * A sorted map with keys of at least 0, without an object for each key: a tree of nodes with up to
 * 64 entries, which allocate space only for existing entries. Not safe for use by several threads.
 *
 * @param <V> the type of its values
 */
public final class LongMap<V> {

  /** Result of a search without a key. */
  public static final long NONE = -1;

  private static final int BITS = 6;
  private static final int DIGIT = (1 << BITS) - 1;

  /** Entries for the bits of {@code used}, in their order; nodes above the lowest level. */
  private static final class Node {
    private long used;
    private Object[] entries = new Object[2];

    boolean has(int digit) {
      return (used >>> digit & 1) != 0;
    }

    int indexOf(int digit) {
      return Long.bitCount(used & (1L << digit) - 1);
    }

    void insert(int digit, Object entry) {
      int count = Long.bitCount(used);
      if (count == entries.length) {
        entries = Arrays.copyOf(entries, count * 2);
      }
      int index = indexOf(digit);
      System.arraycopy(entries, index, entries, index + 1, count - index);
      entries[index] = entry;
      used |= 1L << digit;
    }

    void delete(int digit) {
      int index = indexOf(digit);
      used &= ~(1L << digit);
      int count = Long.bitCount(used);
      System.arraycopy(entries, index + 1, entries, index, count - index);
      entries[count] = null;
    }
  }

  private Node root = new Node();
  private int top; // shift of the top node's digit
  private int size;

  /** Creates an empty map. */
  public LongMap() {}

  /** The number of keys. */
  public int size() {
    return size;
  }

  /** The value of a key, or null. */
  @SuppressWarnings("unchecked") // only put fills the lowest level
  public V get(long key) {
    if (!covers(key)) {
      return null;
    }
    Object entry = root;
    for (int shift = top; shift >= 0; shift -= BITS) {
      Node node = (Node) entry;
      int digit = digit(key, shift);
      if (!node.has(digit)) {
        return null;
      }
      entry = node.entries[node.indexOf(digit)];
    }
    return (V) entry;
  }

  /** Sets the value of a key, which must be at least 0. */
  public void put(long key, V value) {
    if (key < 0) {
      throw new IllegalArgumentException("the key must be 0 or more, not " + key);
    }
    while (!covers(key)) {
      Node higher = new Node();
      if (root.used != 0) {
        higher.insert(0, root);
      }
      root = higher;
      top += BITS;
    }
    Node node = root;
    for (int shift = top; shift > 0; shift -= BITS) {
      int digit = digit(key, shift);
      if (!node.has(digit)) {
        node.insert(digit, new Node());
      }
      node = (Node) node.entries[node.indexOf(digit)];
    }
    int digit = digit(key, 0);
    if (node.has(digit)) {
      node.entries[node.indexOf(digit)] = value;
    } else {
      node.insert(digit, value);
      size++;
    }
  }

  /** Removes a key, if it exists. */
  public void remove(long key) {
    if (get(key) != null) {
      remove(root, top, key);
      size--;
    }
  }

  private static void remove(Node node, int shift, long key) {
    int digit = digit(key, shift);
    if (shift > 0) {
      Node lower = (Node) node.entries[node.indexOf(digit)];
      remove(lower, shift - BITS, key);
      if (lower.used != 0) {
        return;
      }
    }
    node.delete(digit);
  }

  /** The smallest key that is at least {@code from}, or {@link #NONE}. */
  public long next(long from) {
    return covers(from) ? next(root, top, from) : NONE;
  }

  private static long next(Node node, int shift, long from) {
    int first = digit(from, shift);
    long prefix = shift + BITS >= Long.SIZE ? 0 : from >>> shift + BITS << shift + BITS;
    for (long left = node.used & -1L << first; left != 0; left &= left - 1) {
      int digit = Long.numberOfTrailingZeros(left);
      long key = prefix | (long) digit << shift;
      if (shift == 0) {
        return key;
      }
      Node lower = (Node) node.entries[node.indexOf(digit)];
      long found = next(lower, shift - BITS, digit == first ? from : key);
      if (found != NONE) {
        return found;
      }
    }
    return NONE;
  }

  private boolean covers(long key) {
    return top + BITS >= Long.SIZE || key >>> top + BITS == 0;
  }

  private static int digit(long key, int shift) {
    return (int) (key >>> shift) & DIGIT;
  }
}
