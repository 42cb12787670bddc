package org.nbdcore.plugin.vddk;

import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.FileNames;
import org.nbdcore.spi.Log;
import org.nbdcore.vsphere.Inventory;
import org.nbdcore.vsphere.VirtualDisk;

/** The parts of the machine's disks that have changed since the state that the user named. */
final class MachineChanges {

  private final MachineOptions options;
  private final RemoteMachine machine;
  private final Log log;

  /** Queried once for each disk. Guarded by this. */
  private final Map<Integer, ChangedAreas> areas = new HashMap<>();

  private final Map<Integer, String> since;

  MachineChanges(MachineOptions options, RemoteMachine machine, Log log) throws IOException {
    this.options = options;
    this.machine = machine;
    this.log = log;
    String words = options.changedSince().orElse(null);
    since =
        words == null || ChangeIds.isId(words) ? Map.of() : ChangeIds.read(FileNames.path(words));
    if (options.changeIdFile().isPresent()) {
      ChangeIds.write(options.changeIdFile().get(), machine.disks());
    }
  }

  /** Wraps a device, to add the information about the disk's file. */
  BlockDevice decorate(BlockDevice device, String file) throws IOException {
    if (options.changedSince().isEmpty() && Inventory.diskWith(file, machine.disks()).isEmpty()) {
      return device; // the server may open the file although it is not a disk of the machine now
    }
    try {
      VirtualDisk disk = machine.diskWith(file);
      ChangedAreas changed = options.changedSince().isPresent() ? changedOf(disk) : null;
      return new MachineDevice(device, describe(disk, file), changed, options.changedOnly());
    } catch (IOException | RuntimeException | Error e) {
      device.close();
      throw e;
    }
  }

  private String describe(VirtualDisk disk, String file) {
    return disk.name()
        + " of "
        + machine.machine().name()
        + ", "
        + file
        + disk.changeId().map(id -> ", change ID " + id).orElse("");
  }

  private synchronized ChangedAreas changedOf(VirtualDisk disk) throws IOException {
    ChangedAreas known = areas.get(disk.key());
    if (known == null) {
      known = ChangedAreas.query(machine, disk, changeId(disk));
      log.debug(disk.name() + ": " + known.bytes() + " bytes have changed");
      areas.put(disk.key(), known);
    }
    return known;
  }

  private String changeId(VirtualDisk disk) throws IOException {
    String words = options.changedSince().orElseThrow();
    if (ChangeIds.isId(words)) {
      return words;
    }
    String id = since.get(disk.key());
    if (id == null) {
      throw new IOException(
          "changed-since: '" + words + "' has no change ID of the disk with the key " + disk.key());
    }
    return id;
  }
}
