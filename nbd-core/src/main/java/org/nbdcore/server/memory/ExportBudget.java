package org.nbdcore.server.memory;

/**
 * The limit of the payloads that all connections of an export have in memory. The monitor of the
 * {@link SlabPool} guards the fields.
 */
public final class ExportBudget {

  private final long most;
  private long lent;

  /**
   * Creates a budget.
   *
   * @param most in bytes
   */
  public ExportBudget(long most) {
    this.most = most;
  }

  /** Whether there is room for a further payload. One larger than the budget needs all of it. */
  boolean hasRoom(int capacity) {
    return lent == 0 || lent + capacity <= most;
  }

  void count(int change) {
    lent += change;
  }
}
