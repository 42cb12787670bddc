package org.nbdcore.vsphere;

import java.io.IOException;
import java.time.Duration;
import java.util.List;

/** Finds, creates and removes snapshots. */
public final class Snapshots {

  private final VsphereClient client;

  Snapshots(VsphereClient client) {
    this.client = client;
  }

  /**
   * Finds a snapshot of a machine.
   *
   * @param words its name, or its reference such as {@code snapshot-20}
   */
  public Snapshot find(VirtualMachine machine, String words) throws VsphereException {
    List<Snapshot> found =
        machine.allSnapshots().stream()
            .filter(
                snapshot -> snapshot.ref().value().equals(words) || snapshot.name().equals(words))
            .toList();
    if (found.size() != 1) {
      String what = found.isEmpty() ? "no snapshot" : "several snapshots";
      throw new VsphereException(
          "'"
              + machine.name()
              + "' has "
              + what
              + " called '"
              + Text.printable(words)
              + "'; it has "
              + String.join(
                  ", ",
                  machine.allSnapshots().stream()
                      .map(s -> s.ref().value() + " (" + s.name() + ")")
                      .toList()));
    }
    return found.get(0);
  }

  /**
   * Creates a snapshot and waits until it is complete.
   *
   * @param quiesce whether to ask the guest to write out its caches; this needs VMware Tools in the
   *     guest
   */
  public MoRef create(
      MoRef machine, String name, String description, boolean quiesce, Duration limit)
      throws IOException {
    XmlNode answer =
        client.call(
            () ->
                new Call("CreateSnapshot_Task", machine)
                    .string("name", name)
                    .string("description", description)
                    .bool("memory", false)
                    .bool("quiesce", quiesce));
    return Task.await(client, "making the snapshot", answer.needRef("returnval"), limit)
        .orElseThrow(
            () ->
                new VsphereException(
                    "the server created a snapshot, but did not return its reference"));
  }

  /**
   * Removes a snapshot, but not the snapshots based on it. Waits until the server has consolidated
   * its disks.
   */
  public void remove(MoRef snapshot, Duration limit) throws IOException {
    XmlNode answer =
        client.call(
            () ->
                new Call("RemoveSnapshot_Task", snapshot)
                    .bool("removeChildren", false)
                    .bool("consolidate", true));
    Task.await(client, "removing the snapshot", answer.needRef("returnval"), limit);
  }
}
