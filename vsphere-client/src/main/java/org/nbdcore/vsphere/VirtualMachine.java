package org.nbdcore.vsphere;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What the server tells about a virtual machine. */
public final class VirtualMachine {

  private final MoRef ref;
  private final String name;
  private final String uuid;
  private final String powerState;
  private final MoRef host;
  private final String path;
  private final boolean changeTracking;
  private final boolean template;
  private final boolean virtualTpm;
  private final boolean encrypted;
  private final List<VirtualDisk> disks;
  private final List<Snapshot> snapshots;

  VirtualMachine(Properties.Found found) throws VsphereException {
    ref = found.object;
    name = Text.name(found.get("name").text());
    uuid = found.get("config.uuid").text();
    powerState = found.get("runtime.powerState").text();
    XmlNode runsOn = found.get("runtime.host");
    host = runsOn.text().isEmpty() ? null : runsOn.asRef();
    path = found.get("config.files.vmPathName").text();
    changeTracking = found.get("config.changeTrackingEnabled").text().equals("true");
    template = found.get("config.template").text().equals("true");
    encrypted = !found.get("config.keyId").children().isEmpty();
    XmlNode devices = found.get("config.hardware.device");
    virtualTpm = devices.children().stream().anyMatch(device -> device.type().equals("VirtualTPM"));
    disks = List.copyOf(VirtualMachineReader.disks(devices));
    snapshots = VirtualMachineReader.snapshots(found.get("snapshot").all("rootSnapshotList"));
  }

  /** The reference, for example {@code VirtualMachine:vm-16}. */
  public MoRef ref() {
    return ref;
  }

  /** The name in the inventory. */
  public String name() {
    return name;
  }

  /** The BIOS UUID. */
  public String uuid() {
    return uuid;
  }

  /** {@code poweredOn}, {@code poweredOff} or {@code suspended}. */
  public String powerState() {
    return powerState;
  }

  /** The host that runs it, or ran it last. */
  public Optional<MoRef> host() {
    return Optional.ofNullable(host);
  }

  /** The configuration file in the form {@code [datastore] folder/name.vmx}. */
  public String path() {
    return path;
  }

  /** Whether changed blocks are tracked. */
  public boolean changeTracking() {
    return changeTracking;
  }

  /** Whether it is a template. */
  public boolean template() {
    return template;
  }

  /** Whether it has a virtual TPM, whose secrets a copy of the disks does not hold. */
  public boolean virtualTpm() {
    return virtualTpm;
  }

  /** Whether its configuration is encrypted. */
  public boolean encrypted() {
    return encrypted;
  }

  /** What stands in the way of a migration, in words; empty if nothing does. */
  public List<String> obstacles() {
    List<String> all = new ArrayList<>();
    for (VirtualDisk disk : disks) {
      disk.obstacle().ifPresent(why -> all.add(disk.name() + ": " + why));
      if (disk.encrypted()) {
        all.add(disk.name() + ": it is encrypted, so a host must hold its key");
      }
    }
    if (encrypted) {
      all.add("the machine is encrypted");
    }
    if (virtualTpm) {
      all.add("it has a virtual TPM, whose secrets stay behind");
    }
    return all;
  }

  /** The disks as they are now. */
  public List<VirtualDisk> disks() {
    return disks;
  }

  /** The oldest snapshots; each has its children. */
  public List<Snapshot> snapshots() {
    return snapshots;
  }

  /** All snapshots, parents first. */
  public List<Snapshot> allSnapshots() {
    List<Snapshot> all = new ArrayList<>(snapshots);
    for (int i = 0; i < all.size(); i++) {
      all.addAll(all.get(i).children());
    }
    return all;
  }
}
