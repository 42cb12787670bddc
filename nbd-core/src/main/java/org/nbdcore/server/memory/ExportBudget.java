package org.nbdcore.server.memory;

/**
 * The limit of the payloads that all connections of an export have in memory. The monitor of the
 * {@link SlabPool} guards the fields.
 */
public final class ExportBudget {

  /** What can be done for a connection that waits for memory which others of its export hold. */
  public interface Standby {
    /** Called repeatedly by the waiting thread; may disconnect stalled clients. */
    void needs(ConnectionBudget who, long bytes);
  }

  private final long most;
  private final Standby standby;
  private long inUse;

  /**
   * Creates a budget.
   *
   * @param most in bytes
   */
  public ExportBudget(long most, Standby standby) {
    this.most = most;
    this.standby = standby;
  }

  Standby standby() {
    return standby;
  }

  /** Whether there is room for a further payload. One larger than the budget needs all of it. */
  boolean hasRoom(int capacity) {
    return inUse == 0 || inUse + capacity <= most;
  }

  void count(int change) {
    inUse += change;
  }
}
