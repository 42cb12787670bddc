package org.nbdcore.server.export;

import java.util.List;
import org.nbdcore.protocol.MetaContext;

/**
 * The meta contexts that a client has selected (protocol, "Metadata querying"). The context at
 * index i has bit i in the set of contexts of a request. Immutable.
 */
public final class SelectedContexts {

  /** No context. */
  public static final SelectedContexts NONE = new SelectedContexts(List.of());

  /** Maximum number of contexts of one export: each has a bit of an {@code int}. */
  public static final int MAX_CONTEXTS = Integer.SIZE;

  private final String[] names;

  private SelectedContexts(List<String> names) {
    this.names = names.toArray(String[]::new);
  }

  /**
   * Creates a selection.
   *
   * @param names at most {@link #MAX_CONTEXTS}, in the order of their IDs
   */
  public static SelectedContexts of(List<String> names) {
    if (names.size() > MAX_CONTEXTS) {
      throw new IllegalArgumentException(
          "there must be at most " + MAX_CONTEXTS + " contexts, not " + names.size());
    }
    return names.isEmpty() ? NONE : new SelectedContexts(names);
  }

  /** True if no context is selected. The client may then not send block status requests. */
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

  /** True if the context at an index is {@code base:allocation}. */
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
