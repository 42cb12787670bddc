package org.nbdcore.plugin.vddk;

import static org.nbdcore.plugin.vddk.VddkParameters.CHANGED_ONLY;
import static org.nbdcore.plugin.vddk.VddkParameters.CHANGED_SINCE;
import static org.nbdcore.plugin.vddk.VddkParameters.CHANGE_ID_FILE;
import static org.nbdcore.plugin.vddk.VddkParameters.DISK;
import static org.nbdcore.plugin.vddk.VddkParameters.SNAPSHOT;
import static org.nbdcore.plugin.vddk.VddkParameters.SNAPSHOT_QUIESCE;

import java.util.List;
import org.nbdcore.spi.Config;
import org.nbdcore.spi.ConfigException;
import org.nbdcore.spi.Parameter;

/** Checks the parameters for snapshots and changes of a machine. */
final class MachineOptionsReader {

  private MachineOptionsReader() {}

  static MachineOptions read(Config config, boolean remote) throws ConfigException {
    for (Parameter<?> parameter : List.of(CHANGED_SINCE, CHANGE_ID_FILE)) {
      if (config.has(parameter) && !remote) {
        throw new ConfigException(
            parameter.key() + " is for remote disks: add server=, user=, password= and vm=");
      }
    }
    if (config.get(CHANGED_ONLY) && !config.has(CHANGED_SINCE)) {
      throw new ConfigException("changed-only=true needs changed-since=, the earlier state");
    }
    if (config.get(SNAPSHOT_QUIESCE)
        && !config.find(SNAPSHOT).filter(RemoteMachine.CREATE::equals).isPresent()) {
      throw new ConfigException("snapshot-quiesce=true needs snapshot=create");
    }
    return new MachineOptions(
        config.find(DISK),
        config.get(SNAPSHOT_QUIESCE),
        config.find(CHANGED_SINCE),
        config.get(CHANGED_ONLY),
        config.find(CHANGE_ID_FILE));
  }
}
