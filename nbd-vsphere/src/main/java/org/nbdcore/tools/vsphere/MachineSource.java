package org.nbdcore.tools.vsphere;

import java.io.Closeable;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.nbdcore.client.cli.UsageException;
import org.nbdcore.plugin.vddk.VddkPluginProvider;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.Config;
import org.nbdcore.spi.ConfigException;
import org.nbdcore.spi.OpenRequest;
import org.nbdcore.spi.Plugin;
import org.nbdcore.spi.StartContext;
import org.nbdcore.vsphere.TemporarySnapshot;
import org.nbdcore.vsphere.VirtualDisk;
import org.nbdcore.vsphere.VirtualMachine;
import org.nbdcore.vsphere.VsphereClient;

/** The disks of a machine, frozen by a snapshot and read through the vddk plugin. */
final class MachineSource implements Closeable {

  private final VsphereClient client;
  private final VirtualMachine machine;
  private final TemporarySnapshot snapshot;
  private final List<VirtualDisk> disks;
  private Plugin plugin;

  private MachineSource(VsphereClient client, VirtualMachine machine, TemporarySnapshot snapshot)
      throws IOException {
    this.client = client;
    this.machine = machine;
    this.snapshot = snapshot;
    this.disks = client.inventory().disksOf(snapshot.ref());
  }

  static MachineSource open(
      VsphereClient client,
      VirtualMachine machine,
      boolean quiesce,
      LoginArguments access,
      String engine)
      throws UsageException, IOException {
    TemporarySnapshot snapshot = TemporarySnapshot.create(client, machine.ref(), quiesce);
    MachineSource source = null;
    try {
      source = new MachineSource(client, machine, snapshot);
      source.startPlugin(access, engine);
      return source;
    } catch (IOException | UsageException | RuntimeException e) {
      if (source == null) {
        snapshot.remove();
      } else {
        source.close();
      }
      throw e;
    }
  }

  private void startPlugin(LoginArguments access, String engine)
      throws UsageException, IOException {
    VddkPluginProvider provider = new VddkPluginProvider();
    Config.Builder config = Config.builder(provider.parameters());
    try {
      for (String word : access.parameters()) {
        put(config, word);
      }
      put(config, "vm=moref=" + machine.ref().value());
      put(config, "snapshot=" + snapshot.ref().value());
      put(config, "export=*");
      put(config, "engine=" + engine);
      plugin = provider.create(config.build());
    } catch (ConfigException e) {
      throw new UsageException(e.getMessage());
    }
    plugin.start(StartContext.NONE);
  }

  private static void put(Config.Builder config, String word) throws ConfigException {
    int equals = word.indexOf('=');
    config.put(word.substring(0, equals), word.substring(equals + 1));
  }

  List<VirtualDisk> disks() {
    return disks;
  }

  BlockDevice open(VirtualDisk disk) throws IOException {
    return plugin.open(OpenRequest.detached(disk.file(), true));
  }

  /** Returns the ranges that have changed since an earlier state of a disk. */
  Ranges changed(VirtualDisk disk, String changeId) throws IOException {
    Ranges ranges = new Ranges();
    client
        .changeTracking()
        .query(
            machine.ref(),
            Optional.of(snapshot.ref()),
            disk.key(),
            disk.capacity(),
            changeId,
            (start, length) -> ranges.add(start, start + length));
    return ranges;
  }

  @Override
  public void close() throws IOException {
    try {
      if (plugin != null) {
        plugin.close();
      }
    } finally {
      snapshot.remove();
    }
  }
}
