package org.nbdcore.server;

import org.nbdcore.server.memory.ConnectionBudget;

/** A client as {@link MemoryReclaimer} sees it. */
interface MemoryHolder {

  /** Returns the bytes that the connection currently holds. */
  long held();

  /** Returns how long the client has held memory without sending or receiving anything. */
  long stalledNanos();

  /**
   * Returns how long the client has been transferring the payload or reply for which it holds
   * memory.
   */
  long transferNanos();

  /** Returns whether another connection of the same export may have to wait for its memory. */
  boolean competesWith(ConnectionBudget other);

  /** Ends the connection at once, and logs the reason. */
  void drop(String why);
}
