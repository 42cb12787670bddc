package org.nbdcore.plugin.vddk;

import java.io.Closeable;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadFactory;
import org.nbdcore.spi.Log;
import org.nbdcore.vsphere.DiskSelector;
import org.nbdcore.vsphere.Inventory;
import org.nbdcore.vsphere.MoRef;
import org.nbdcore.vsphere.Snapshot;
import org.nbdcore.vsphere.TemporarySnapshot;
import org.nbdcore.vsphere.VirtualDisk;
import org.nbdcore.vsphere.VirtualMachine;
import org.nbdcore.vsphere.VsphereClient;

/**
 * The virtual machine whose disks are served, and a session with the vSphere API to ask about it.
 * Thread-safe.
 */
final class RemoteMachine implements Closeable {

  /** A session of the API ends after half an hour without a call. */
  private static final Duration KEEP_ALIVE = Duration.ofMinutes(5);

  /** The value that requests a temporary snapshot. */
  static final String CREATE = "create";

  private final Log log;
  private final VsphereClient vsphere;
  private final VirtualMachine machine;
  private final Optional<TemporarySnapshot> created;
  private final Optional<MoRef> snapshot;
  private final List<VirtualDisk> disks;
  private final Thread keepAlive;

  private RemoteMachine(VddkConfig config, Log log, VsphereClient vsphere, ThreadFactory threads)
      throws IOException {
    this.log = log;
    this.vsphere = vsphere;
    VirtualMachine found =
        vsphere.inventory().machine(vsphere.inventory().find(config.login().orElseThrow().vm()));
    log.debug(
        vsphere.about() + ": " + found.ref() + " is '" + found.name() + "', " + found.powerState());
    String words = config.snapshot().orElse("");
    created =
        words.equals(CREATE)
            ? Optional.of(create(found, config.machine().quiesce()))
            : Optional.empty();
    try {
      snapshot = created.isPresent() ? created.map(TemporarySnapshot::ref) : find(found, words);
      machine = created.isPresent() ? vsphere.inventory().machine(found.ref()) : found;
      disks =
          snapshot.isPresent()
              ? vsphere.inventory().disksOf(snapshot.get())
              : List.copyOf(machine.disks());
      keepAlive = threads.newThread(this::keepAlive);
    } catch (IOException | RuntimeException | Error e) {
      created.ifPresent(this::remove);
      throw e;
    }
  }

  /** Logs in, finds the machine and, if requested, creates a snapshot of it. */
  static RemoteMachine start(VddkConfig config, Log log) throws IOException {
    return start(config, log, RemoteMachine::daemon);
  }

  private static Thread daemon(Runnable keepAlive) {
    Thread thread = new Thread(keepAlive, "vddk-keep-alive");
    thread.setDaemon(true);
    return thread;
  }

  /**
   * Like {@link #start(VddkConfig, Log)}, with a factory for the thread that keeps the session
   * alive.
   */
  static RemoteMachine start(VddkConfig config, Log log, ThreadFactory threads) throws IOException {
    VsphereClient vsphere = VsphereClient.connect(VsphereLogin.options(config, log));
    RemoteMachine machine;
    try {
      machine = new RemoteMachine(config, log, vsphere, threads);
    } catch (IOException | RuntimeException | Error e) {
      vsphere.close();
      throw e;
    }
    try {
      machine.keepAlive.start();
      return machine;
    } catch (Error e) { // no thread available: remove the snapshot
      machine.close();
      throw e;
    }
  }

  /** True if the configuration needs the vSphere API in addition to VDDK. */
  static boolean isNeeded(VddkConfig config) {
    return config.login().isPresent()
        && (!config.login().get().vm().matches("moref=.*|\\d+")
            || config.snapshot().filter(words -> !isReference(words)).isPresent()
            || config.machine().needApi());
  }

  /** True for a reference, in the form of vCenter and ESXi. Anything else is a name. */
  private static boolean isReference(String words) {
    return words.matches("(\\d+-)?snapshot-\\d+");
  }

  private TemporarySnapshot create(VirtualMachine found, boolean quiesce) throws IOException {
    for (Snapshot left : TemporarySnapshot.orphaned(found)) {
      log.warn(
          "'"
              + found.name()
              + "' has a snapshot that an earlier nbd-core did not remove: "
              + left.ref().value()
              + ", "
              + left.description()
              + "; remove it: nbd-vsphere snapshot remove");
    }
    TemporarySnapshot fresh = TemporarySnapshot.create(vsphere, found.ref(), quiesce);
    log.debug("created the snapshot " + fresh.ref().value() + " of '" + found.name() + "'");
    return fresh;
  }

  /** Removes a snapshot. Logs a failure, because no caller handles it. */
  private void remove(TemporarySnapshot snapshot) {
    try {
      snapshot.remove();
      log.debug("removed the snapshot " + snapshot.ref().value());
    } catch (IOException e) {
      log.error(
          "the snapshot "
              + snapshot.ref().value()
              + " was not removed: "
              + e.getMessage()
              + "; remove it: nbd-vsphere snapshot remove");
    }
  }

  private Optional<MoRef> find(VirtualMachine found, String words) throws IOException {
    return words.isEmpty()
        ? Optional.empty()
        : Optional.of(vsphere.snapshots().find(found, words).ref());
  }

  VsphereClient vsphere() {
    return vsphere;
  }

  /** The machine as it was when the plugin started or the snapshot was created. */
  VirtualMachine machine() {
    return machine;
  }

  /** The snapshot that is served; empty for the disks as they are now. */
  Optional<MoRef> snapshot() {
    return snapshot;
  }

  /** The disks that are served: those of the snapshot, or of the machine. */
  List<VirtualDisk> disks() {
    return disks;
  }

  /** The file of the disk that {@code disk=} names. */
  String fileOf(String words) throws IOException {
    return DiskSelector.select(words, disks).file();
  }

  /** The disk that a file belongs to. */
  VirtualDisk diskWith(String file) throws IOException {
    return Inventory.diskWith(file, disks)
        .orElseThrow(
            () ->
                new IOException(
                    "'"
                        + file
                        + "' is not a disk of '"
                        + machine.name()
                        + "'; it has "
                        + String.join(", ", disks.stream().map(VirtualDisk::file).toList())));
  }

  private void keepAlive() {
    try {
      while (true) {
        Thread.sleep(KEEP_ALIVE.toMillis());
        try {
          vsphere.keepAlive();
        } catch (IOException e) {
          log.debug("keeping the session alive: " + e.getMessage());
        }
      }
    } catch (InterruptedException e) {
      // closed
    }
  }

  /** Removes the snapshot that was created, and logs out. */
  @Override
  public void close() {
    keepAlive.interrupt();
    created.ifPresent(this::remove);
    vsphere.close();
  }
}
