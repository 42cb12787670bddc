package org.nbdcore.server.memory;

/**
 * Limits the memory for the payloads of all connections of an export. The monitor of the {@link
 * SlabPool} guards the fields.
 */
public final class ExportBudget {

  /** Called for a connection that waits for memory that other connections of its export hold. */
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
   * @param most maximum bytes of payloads
   */
  public ExportBudget(long most, Standby standby) {
    this.most = most;
    this.standby = standby;
  }

  Standby standby() {
    return standby;
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
