package org.nbdcore.plugin.vddk;

import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.nbdcore.spi.Log;
import org.nbdcore.vsphere.MoRef;
import org.nbdcore.vsphere.Snapshot;
import org.nbdcore.vsphere.VirtualMachine;
import org.nbdcore.vsphere.VsphereClient;

/** A snapshot that this process creates and removes. Its description names the process. */
final class CreatedSnapshot {

  /** A quiet guest may take minutes to write out what it holds. */
  private static final Duration CREATION = Duration.ofMinutes(15);

  /** Consolidating the disks of a busy machine may take hours. */
  private static final Duration REMOVAL = Duration.ofHours(4);

  private static final String NAME = "nbd-core";
  private static final Pattern MAKER =
      Pattern.compile("created by nbd-core, process (\\d+) on (\\S+);.*");

  private final VsphereClient vsphere;
  private final MoRef ref;
  private final Log log;

  private CreatedSnapshot(VsphereClient vsphere, MoRef ref, Log log) {
    this.vsphere = vsphere;
    this.ref = ref;
    this.log = log;
  }

  static CreatedSnapshot create(
      VsphereClient vsphere, VirtualMachine machine, boolean quiesce, Log log) throws IOException {
    reportLeftovers(machine, log);
    String description =
        "created by nbd-core, process "
            + ProcessHandle.current().pid()
            + " on "
            + host()
            + "; removed when that process ends";
    MoRef ref = vsphere.snapshots().create(machine.ref(), NAME, description, quiesce, CREATION);
    log.debug("created the snapshot " + ref.value() + " of '" + machine.name() + "'");
    return new CreatedSnapshot(vsphere, ref, log);
  }

  /** Reports snapshots whose process was killed before it could remove them. */
  private static void reportLeftovers(VirtualMachine machine, Log log) {
    for (Snapshot snapshot : machine.allSnapshots()) {
      if (snapshot.name().equals(NAME) && !inUse(snapshot.description())) {
        log.warn(
            "'"
                + machine.name()
                + "' has a snapshot that an nbd-core left behind: "
                + snapshot.ref().value()
                + ", "
                + snapshot.description()
                + "; remove it: nbd-vsphere snapshot remove");
      }
    }
  }

  /** Only the processes of this host can be looked for; those of another may run. */
  private static boolean inUse(String description) {
    Matcher maker = MAKER.matcher(description);
    return maker.matches()
        && (!maker.group(2).equals(host())
            || ProcessHandle.of(Long.parseLong(maker.group(1))).isPresent());
  }

  private static String host() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) {
      return "localhost";
    }
  }

  MoRef ref() {
    return ref;
  }

  /** Removes the snapshot. Logs a failure, because no caller could handle it. */
  void remove() {
    try {
      vsphere.snapshots().remove(ref, REMOVAL);
      log.debug("removed the snapshot " + ref.value());
    } catch (IOException e) {
      log.error(
          "the snapshot "
              + ref.value()
              + " was not removed: "
              + e.getMessage()
              + "; remove it: nbd-vsphere snapshot remove");
    }
  }
}
