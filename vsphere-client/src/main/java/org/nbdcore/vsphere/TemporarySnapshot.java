package org.nbdcore.vsphere;

import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A snapshot that this process creates and removes. Its description names the process, so that you
 * can recognize a snapshot left over from a killed process.
 */
public final class TemporarySnapshot {

  /** Name of these snapshots. */
  public static final String NAME = "nbd-core";

  /** A guest may take minutes to write out its caches. */
  private static final Duration CREATION = Duration.ofMinutes(15);

  /** Consolidating the disks of a busy machine may take hours. */
  private static final Duration REMOVAL = Duration.ofHours(4);

  private static final Pattern CREATOR =
      Pattern.compile("created by nbd-core, process (\\d{1,18}) on (\\S+);.*");

  private final VsphereClient client;
  private final MoRef ref;

  private TemporarySnapshot(VsphereClient client, MoRef ref) {
    this.client = client;
    this.ref = ref;
  }

  /**
   * Creates a snapshot of a machine.
   *
   * @param quiesce whether to ask the guest to write out its caches
   */
  public static TemporarySnapshot create(VsphereClient client, MoRef machine, boolean quiesce)
      throws IOException {
    String description =
        "created by nbd-core, process "
            + ProcessHandle.current().pid()
            + " on "
            + host()
            + "; removed when that process ends";
    return new TemporarySnapshot(
        client, client.snapshots().create(machine, NAME, description, quiesce, CREATION));
  }

  /**
   * Returns the snapshots of a machine whose process was killed before it could remove them.
   * Processes on other hosts cannot be checked and are considered running.
   */
  public static List<Snapshot> orphaned(VirtualMachine machine) {
    return machine.allSnapshots().stream()
        .filter(snapshot -> snapshot.name().equals(NAME) && !inUse(snapshot.description()))
        .toList();
  }

  private static boolean inUse(String description) {
    Matcher creator = CREATOR.matcher(description);
    return creator.matches()
        && (!creator.group(2).equals(host())
            || ProcessHandle.of(Long.parseLong(creator.group(1))).isPresent());
  }

  private static String host() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) {
      return "localhost";
    }
  }

  /** The snapshot's reference. */
  public MoRef ref() {
    return ref;
  }

  /** Removes the snapshot and waits until the server has completed the removal. */
  public void remove() throws IOException {
    client.snapshots().remove(ref, REMOVAL);
  }
}
