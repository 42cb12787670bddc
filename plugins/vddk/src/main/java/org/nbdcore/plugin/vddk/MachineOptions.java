package org.nbdcore.plugin.vddk;

import java.nio.file.Path;
import java.util.Optional;

/**
 * Options for a virtual machine that is selected by name.
 *
 * @param disk which of its disks, in the format of {@code disk=}
 * @param quiesce whether a new snapshot asks the guest to flush its file systems
 * @param changedSince the earlier state that disks are compared with: a change ID, or a file that
 *     {@code changeIdFile} has written
 * @param changedOnly whether unchanged parts are reported as holes
 * @param changeIdFile where the change IDs of the served state are written
 */
record MachineOptions(
    Optional<String> disk,
    boolean quiesce,
    Optional<String> changedSince,
    boolean changedOnly,
    Optional<Path> changeIdFile) {

  /** True if any option needs the vSphere API. */
  boolean needApi() {
    return disk.isPresent() || changedSince.isPresent() || changeIdFile.isPresent();
  }
}
