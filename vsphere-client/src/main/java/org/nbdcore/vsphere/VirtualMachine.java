package org.nbdcore.vsphere;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The properties of a virtual machine. */
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
    host = found.get("runtime.host").ref().orElse(null);
    path = found.get("config.files.vmPathName").text();
    changeTracking = found.get("config.changeTrackingEnabled").text().equals("true");
    template = found.get("config.template").text().equals("true");
    encrypted = !found.get("config.keyId").children().isEmpty();
    XmlNode devices = found.get("config.hardware.device");
    virtualTpm = devices.children().stream().anyMatch(device -> device.type().equals("VirtualTPM"));
    disks = List.copyOf(VirtualMachineReader.disks(devices));
    snapshots = VirtualMachineReader.snapshots(found.get("snapshot").all("rootSnapshotList"));
  }

  /** Returns the reference, for example {@code VirtualMachine:vm-16}. */
  public MoRef ref() {
    return ref;
  }

  /** Returns the name in the inventory. */
  public String name() {
    return name;
  }

  /** Returns the BIOS UUID. */
  public String uuid() {
    return uuid;
  }

  /** Returns {@code poweredOn}, {@code poweredOff} or {@code suspended}. */
  public String powerState() {
    return powerState;
  }

  /** Returns the host that runs the machine, or ran it last. */
  public Optional<MoRef> host() {
    return Optional.ofNullable(host);
  }

  /** Returns the configuration file in the form {@code [datastore] folder/name.vmx}. */
  public String path() {
    return path;
  }

  /** Returns true if changed blocks are tracked. */
  public boolean changeTracking() {
    return changeTracking;
  }

  /** Returns true if the machine is a template. */
  public boolean template() {
    return template;
  }

  /**
   * Returns true if the machine has a virtual TPM. A copy of the disks does not contain its
   * secrets.
   */
  public boolean virtualTpm() {
    return virtualTpm;
  }

  /** Returns true if the configuration is encrypted. */
  public boolean encrypted() {
    return encrypted;
  }

  /** Returns what prevents a migration, in words; empty if nothing does. */
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
      all.add("it has a virtual TPM, whose secrets are not copied");
    }
    return all;
  }

  /** Returns the current disks. */
  public List<VirtualDisk> disks() {
    return disks;
  }

  /** Returns the oldest snapshots. Each contains its children. */
  public List<Snapshot> snapshots() {
    return snapshots;
  }

  /** Returns all snapshots, parents first. */
  public List<Snapshot> allSnapshots() {
    List<Snapshot> all = new ArrayList<>(snapshots);
    for (int i = 0; i < all.size(); i++) {
      all.addAll(all.get(i).children());
    }
    return all;
  }
}
