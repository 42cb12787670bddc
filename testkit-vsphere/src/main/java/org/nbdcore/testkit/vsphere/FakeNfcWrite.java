package org.nbdcore.testkit.vsphere;

/** A write of which only some parts have arrived. */
final class FakeNfcWrite {

  private final int id;
  private final long offset;
  private final int total;
  private int arrived;

  FakeNfcWrite(int id, long offset, int total) {
    this.id = id;
    this.offset = offset;
    this.total = total;
  }

  int id() {
    return id;
  }

  boolean follows(long partOffset, int partTotal, int start, int length) {
    if (partOffset != offset
        || partTotal != total
        || start != arrived
        || length > total - arrived) {
      return false;
    }
    arrived += length;
    return true;
  }

  boolean complete() {
    return arrived == total;
  }
}
