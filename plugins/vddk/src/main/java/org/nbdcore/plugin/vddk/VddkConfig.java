package org.nbdcore.plugin.vddk;

import java.nio.file.Path;
import java.util.Optional;

/**
 * The validated parameters of the plugin.
 *
 * @param file the disk, unless the client selects one
 * @param export the files that the client may select
 * @param libdir where VDDK was unpacked
 * @param configFile VDDK's own configuration
 * @param login of a remote connection; empty for a local disk
 * @param snapshot to connect to
 * @param transports to try, in VDDK's form
 * @param openFlags for VixDiskLib_Open, without READ_ONLY
 * @param within the folder that must contain the files of a local disk; VDDK is then not used
 * @param create the options of a disk to create first
 * @param machine options for snapshots and changes of the machine
 * @param engine implementation for remote disks
 * @param tuning performance options
 * @param debug the debug flags
 */
record VddkConfig(
    Optional<String> file,
    Optional<Wildcard> export,
    Optional<Path> libdir,
    Optional<Path> configFile,
    Optional<RemoteLogin> login,
    Optional<String> snapshot,
    Optional<String> transports,
    int openFlags,
    Optional<Path> within,
    Optional<CreateOptions> create,
    MachineOptions machine,
    EngineChoice engine,
    PerformanceOptions tuning,
    VddkDebug debug) {

  boolean remote() {
    return login.isPresent();
  }

  /** Returns a copy with another login. */
  VddkConfig withLogin(RemoteLogin other) {
    return with(other, snapshot);
  }

  /** Returns a copy with VDDK's references to the machine and the snapshot. */
  VddkConfig withReferences(String vm, Optional<String> snapshotReference) {
    return with(login.orElseThrow().withVm(vm), snapshotReference);
  }

  private VddkConfig with(RemoteLogin otherLogin, Optional<String> otherSnapshot) {
    return new VddkConfig(
        file,
        export,
        libdir,
        configFile,
        Optional.of(otherLogin),
        otherSnapshot,
        transports,
        openFlags,
        within,
        create,
        machine,
        engine,
        tuning,
        debug);
  }

  boolean singleLink() {
    return (openFlags & OpenFlags.SINGLE_LINK) != 0;
  }
}
