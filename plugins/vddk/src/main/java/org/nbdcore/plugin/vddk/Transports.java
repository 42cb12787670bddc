package org.nbdcore.plugin.vddk;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** The transports that VDDK should try. */
final class Transports {

  /** All except san and hotadd, which scan the host's SCSI disks. */
  static final String WITHOUT_SAN = "file:nbdssl:nbd";

  /** From this version on, VDDK crashes in its SAN scan if the folder below is missing. */
  private static final int CRASHES_SINCE = 8;

  private static final Path SCSI_DISKS = Path.of("/sys/class/scsi_disk");

  private Transports() {}

  /** Returns the user's transports, otherwise VDDK's default, unless that would crash it. */
  static Optional<String> choose(VddkConfig config, int major) {
    if (config.transports().isEmpty()
        && config.remote()
        && major >= CRASHES_SINCE
        && !Files.isDirectory(SCSI_DISKS)) {
      return Optional.of(WITHOUT_SAN);
    }
    return config.transports();
  }
}
