package org.nbdcore.plugin.vddk;

import java.io.IOException;
import java.util.List;
import org.nbdcore.plugin.vmdk.GrainCounts;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.CounterSink;
import org.nbdcore.spi.Log;
import org.nbdcore.spi.OpenRequest;
import org.nbdcore.vmdk.VmdkCounters;
import org.nbdcore.vmdk.VmdkDisk;
import org.nbdcore.vmdk.VmdkOptions;
import org.nbdcore.vsphere.Inventory;
import org.nbdcore.vsphere.VirtualDisk;

/**
 * Reads disks from the files of a datastore over HTTPS, for networks in which port 902 is closed.
 * The machine must be powered off, or the files must belong to a snapshot.
 */
final class HttpsEngine implements Engine {

  private final RemoteMachine machine;
  private final VmdkOptions options;
  private final String datacenter;
  private final HttpsCalls calls = new HttpsCalls();
  private final VmdkCounters grains = new VmdkCounters();

  HttpsEngine(RemoteMachine machine, Log log) throws IOException {
    this.machine = machine;
    options = VmdkOptions.defaults().withWarnings(log::warn).withCounters(grains);
    datacenter =
        machine.vsphere().isVcenter()
            ? machine.vsphere().inventory().datacenterOf(machine.machine().ref())
            : "ha-datacenter";
  }

  @Override
  public BlockDevice open(String path, OpenRequest request) throws IOException {
    List<String> chain =
        Inventory.diskWith(path, machine.disks()).map(VirtualDisk::files).orElse(List.of(path));
    VmdkDisk disk =
        VmdkDisk.open(
            new DatastoreLocation(machine.vsphere().files(), calls, datacenter, path, chain),
            options);
    return VmdkDisks.owning(disk);
  }

  @Override
  public void counters(CounterSink sink) {
    calls.report(sink);
    GrainCounts.report(grains, sink);
  }
}
