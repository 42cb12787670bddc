package org.nbdcore.vsphere;

import java.util.ArrayList;
import java.util.List;

/** Converts the results of the property collector to values. */
final class VirtualMachineReader {

  private static final int LONGEST_CHAIN = 300;

  private VirtualMachineReader() {}

  static VirtualMachine read(Properties.Found found) throws VsphereException {
    return new VirtualMachine(found);
  }

  static List<VirtualDisk> disks(XmlNode devices) throws VsphereException {
    List<VirtualDisk> disks = new ArrayList<>();
    for (XmlNode device : devices.children()) {
      if (device.type().equals("VirtualDisk")) {
        disks.add(new VirtualDisk(device));
      }
    }
    return disks;
  }

  /** Returns the file of a backing and those of its parents. */
  static List<String> files(XmlNode backing) {
    List<String> files = new ArrayList<>();
    XmlNode level = backing;
    while (level != null && files.size() < LONGEST_CHAIN) {
      level.string("fileName").ifPresent(files::add);
      level = level.find("parent").orElse(null);
    }
    return List.copyOf(files);
  }

  static List<Snapshot> snapshots(List<XmlNode> nodes) throws VsphereException {
    List<Snapshot> snapshots = new ArrayList<>();
    for (XmlNode node : nodes) {
      snapshots.add(
          new Snapshot(
              node.needRef("snapshot"),
              node.string("name").orElse(""),
              node.string("description").orElse(""),
              node.string("createTime").orElse(""),
              snapshots(node.all("childSnapshotList"))));
    }
    return List.copyOf(snapshots);
  }
}
