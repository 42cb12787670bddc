package org.nbdcore.vsphere;

import java.util.List;
import java.util.Optional;

/** A disk of a virtual machine or of a snapshot. */
public final class VirtualDisk {

  private final int key;
  private final int controllerKey;
  private final int unit;
  private final String label;
  private final long capacity;
  private final List<String> files;
  private final String backing;
  private final String mode;
  private final String uuid;
  private final String changeId;
  private final boolean encrypted;

  VirtualDisk(XmlNode device) throws VsphereException {
    XmlNode back = device.find("backing").orElse(new XmlNode("backing", "", ""));
    key = (int) device.number("key");
    controllerKey =
        device.string("controllerKey").isPresent() ? (int) device.number("controllerKey") : -1;
    unit = device.string("unitNumber").isPresent() ? (int) device.number("unitNumber") : -1;
    label = Text.printable(device.string("deviceInfo", "label").orElse(""));
    capacity =
        device.string("capacityInBytes").isPresent()
            ? device.number("capacityInBytes")
            : Math.multiplyExact(device.number("capacityInKB"), 1024L);
    files = VirtualMachineReader.files(back);
    backing = back.type();
    mode = back.string("diskMode").orElse("");
    uuid = back.string("uuid").orElse("");
    changeId = back.string("changeId").orElse(null);
    encrypted = back.find("keyId").isPresent();
  }

  /** The device's key, for example 2000. */
  public int key() {
    return key;
  }

  /** The key of the controller, or -1. */
  public int controllerKey() {
    return controllerKey;
  }

  /** The number on the controller, or -1. */
  public int unit() {
    return unit;
  }

  /** For example {@code Hard disk 1}. */
  public String label() {
    return label;
  }

  /** The label, or the key where there is none. */
  public String name() {
    return label.isEmpty() ? "disk " + key : label;
  }

  /** Size in bytes. */
  public long capacity() {
    return capacity;
  }

  /** The disk's file in the form {@code [datastore] folder/name.vmdk}; empty if it has none. */
  public String file() {
    return files.isEmpty() ? "" : files.get(0);
  }

  /** The disk's file and those of its parents, the child first. */
  public List<String> files() {
    return files;
  }

  /** The type of the backing, for example {@code VirtualDiskFlatVer2BackingInfo}. */
  public String backing() {
    return backing;
  }

  /** For example {@code persistent} or {@code independent_persistent}. */
  public String mode() {
    return mode;
  }

  /** The disk's UUID; empty if it has none. */
  public String uuid() {
    return uuid;
  }

  /** What the disk's blocks are compared with later; empty without change tracking. */
  public Optional<String> changeId() {
    return Optional.ofNullable(changeId);
  }

  /** Whether the disk is encrypted. */
  public boolean encrypted() {
    return encrypted;
  }

  /** Why this disk cannot be copied with a snapshot, in words; empty if it can be. */
  public Optional<String> obstacle() {
    if (mode.startsWith("independent")) {
      return Optional.of("it is independent (" + mode + "), so no snapshot holds it");
    }
    if (backing.contains("RawDiskMapping")) {
      return Optional.of("it is a raw device mapping");
    }
    return Optional.empty();
  }
}
