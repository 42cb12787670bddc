package org.nbdcore.vsphere;

import java.io.IOException;
import java.time.Duration;
import java.util.Optional;

/** Changed block tracking: the areas of a disk that have changed since an earlier snapshot. */
public final class ChangeTracking {

  /** Change ID that stands for all areas that hold data. */
  public static final String ALLOCATED = "*";

  /** Receives the areas, in ascending order. */
  @FunctionalInterface
  public interface AreaConsumer {
    /**
     * Takes one area.
     *
     * @param start in bytes
     * @param length in bytes, at least 1
     */
    void area(long start, long length) throws IOException;
  }

  /**
   * Maximum number of areas. Servers report areas of 64 KiB or more, so this is enough for 256 TiB.
   */
  private static final int MAX_AREAS = 1 << 22;

  private final VsphereClient client;
  private final int mostAreas;

  ChangeTracking(VsphereClient client) {
    this(client, MAX_AREAS);
  }

  /**
   * Creates one with another limit, for tests.
   *
   * @param mostAreas the most areas, and pages, that the server may report for one disk
   */
  ChangeTracking(VsphereClient client, int mostAreas) {
    this.client = client;
    this.mostAreas = mostAreas;
  }

  /** Enables change tracking. It takes effect with the next snapshot or power cycle. */
  public void enable(MoRef machine, Duration limit) throws IOException {
    XmlNode answer =
        client.call(
            () ->
                new Call("ReconfigVM_Task", machine)
                    .open("spec")
                    .bool("changeTrackingEnabled", true)
                    .close("spec"));
    Task.await(client, "turning change tracking on", answer.needRef("returnval"), limit);
  }

  /**
   * Queries the changed areas of a disk, page by page.
   *
   * @param snapshot the snapshot to compare; empty for the current state of a machine that is
   *     powered off
   * @param capacity the disk's size in bytes
   * @param changeId of the earlier state, or {@link #ALLOCATED}
   * @throws VsphereFaultException if the server does not know the change ID; then consider the
   *     whole disk changed
   */
  public void query(
      MoRef machine,
      Optional<MoRef> snapshot,
      int diskKey,
      long capacity,
      String changeId,
      AreaConsumer consumer)
      throws IOException {
    long start = 0;
    long last = 0;
    int areas = 0;
    int pages = 0;
    while (start < capacity) {
      long from = start;
      XmlNode page =
          client
              .call(
                  () -> {
                    Call call = new Call("QueryChangedDiskAreas", machine);
                    snapshot.ifPresent(of -> call.ref("snapshot", of));
                    return call.number("deviceKey", diskKey)
                        .number("startOffset", from)
                        .string("changeId", changeId);
                  })
              .find("returnval")
              .orElseThrow(
                  () -> new VsphereException("the server tells nothing about changed areas"));
      for (XmlNode area : page.all("changedArea")) {
        long at = area.number("start");
        long length = area.number("length");
        if (at < last || length < 1 || at > capacity - length) {
          throw new VsphereException(
              "the server reports a changed area of "
                  + length
                  + " bytes at "
                  + at
                  + ", outside the disk of "
                  + capacity
                  + " or out of order");
        }
        if (++areas > mostAreas) {
          throw endless(start);
        }
        last = at + length;
        consumer.area(at, length);
      }
      long covered = page.number("startOffset") + page.number("length");
      if (covered <= start || ++pages > mostAreas) {
        throw endless(start);
      }
      start = covered;
    }
  }

  private static VsphereException endless(long start) {
    return new VsphereException("the server's list of changed areas does not continue at " + start);
  }
}
