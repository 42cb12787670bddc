package org.nbdcore.server;

import org.nbdcore.server.memory.ConnectionBudget;

/** A connection that holds memory, for {@link MemoryReclaimer}. */
interface MemoryHolder {

  /** Returns the bytes that the connection currently holds. */
  long held();

  /**
   * Returns for how many nanoseconds the client has held memory without sending or receiving
   * anything.
   */
  long stalledNanos();

  /**
   * Returns for how many nanoseconds the client has been transferring the payload or reply for
   * which it holds memory.
   */
  long transferNanos();

  /** Returns whether another connection of the same export may have to wait for its memory. */
  boolean competesWith(ConnectionBudget other);

  /** Ends the connection at once, and logs the reason. */
  void drop(String why);
}
