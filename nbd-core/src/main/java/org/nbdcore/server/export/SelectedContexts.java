package org.nbdcore.server.export;

import java.util.List;
import org.nbdcore.protocol.MetaContext;

/**
 * The meta contexts that a client has selected (protocol, "Metadata querying"). The one at index i
 * has bit i in the set of contexts that a request asks for. Immutable.
 */
public final class SelectedContexts {

  /** No context. */
  public static final SelectedContexts NONE = new SelectedContexts(List.of());

  /** The most contexts of one export: each has a bit of an {@code int}. */
  public static final int MOST = Integer.SIZE;

  private final String[] names;

  private SelectedContexts(List<String> names) {
    this.names = names.toArray(String[]::new);
  }

  /**
   * Creates a selection.
   *
   * @param names at most {@link #MOST}, in the order of their IDs
   */
  public static SelectedContexts of(List<String> names) {
    if (names.size() > MOST) {
      throw new IllegalArgumentException(
          "there must be at most " + MOST + " contexts, not " + names.size());
    }
    return names.isEmpty() ? NONE : new SelectedContexts(names);
  }

  /** Whether no context is selected, so that block status is not offered. */
  public boolean isEmpty() {
    return names.length == 0;
  }

  /** The number of contexts. */
  public int size() {
    return names.length;
  }

  /** The name of the context at an index. */
  public String name(int index) {
    return names[index];
  }

  /** Whether the context at an index is {@code base:allocation}. */
  public boolean isBaseAllocation(int index) {
    return names[index].equals(MetaContext.BASE_ALLOCATION);
  }

  /** The ID by which client and server refer to the context at an index. */
  public static int id(int index) {
    return index + 1;
  }

  /** The index of the context with an ID, or -1. */
  public int indexOf(int id) {
    return id >= 1 && id <= names.length ? id - 1 : -1;
  }
}
