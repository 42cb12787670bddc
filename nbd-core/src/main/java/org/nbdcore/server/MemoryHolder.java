package org.nbdcore.server;

/** A client as {@link MemoryReclaimer} sees it. */
interface MemoryHolder {

  /** Bytes that the connection has at the moment. */
  long held();

  /** For how long the client has kept memory without sending or taking anything. */
  long stalledNanos();

  /** For how long the client has been about the payload or the reply that it keeps memory for. */
  long transferNanos();

  /** Ends the connection at once, and logs why. */
  void drop(String why);
}
