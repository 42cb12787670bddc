package org.nbdcore.plugin.vddk;

/** What all handles of one disk have in common. */
final class SharedDisk {

  private final Budget budget;

  /**
   * @param inFlight how many bytes may be in flight to this disk
   */
  SharedDisk(long inFlight) {
    budget = new Budget(inFlight);
  }

  Budget budget() {
    return budget;
  }
}
