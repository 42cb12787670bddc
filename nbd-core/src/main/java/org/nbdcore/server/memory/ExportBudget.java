package org.nbdcore.server.memory;

/**
 * Limits the memory for the payloads of all connections of an export. The monitor of the {@link
 * SlabPool} guards the fields.
 */
public final class ExportBudget {

  /** Called for a connection that waits for memory that other connections of its export hold. */
  public interface Reclaimer {
    /** Called repeatedly by the waiting thread; may disconnect stalled clients. */
    void reclaim(ConnectionBudget who, long bytes);
  }

  private final long most;
  private final Reclaimer reclaimer;
  private long inUse;

  /**
   * Creates a budget.
   *
   * @param most maximum bytes of payloads
   */
  public ExportBudget(long most, Reclaimer reclaimer) {
    this.most = most;
    this.reclaimer = reclaimer;
  }

  Reclaimer reclaimer() {
    return reclaimer;
  }

  /**
   * True if there is room for a further payload. A payload larger than the budget needs all of it.
   */
  boolean hasRoom(int capacity) {
    return inUse == 0 || inUse + capacity <= most;
  }

  void count(int change) {
    inUse += change;
  }
}
