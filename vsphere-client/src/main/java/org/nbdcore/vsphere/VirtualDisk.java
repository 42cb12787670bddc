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
    key = device.integer("key");
    controllerKey =
        device.string("controllerKey").isPresent() ? device.integer("controllerKey") : -1;
    unit = device.string("unitNumber").isPresent() ? device.integer("unitNumber") : -1;
    label = Text.printable(device.string("deviceInfo", "label").orElse(""));
    capacity = capacity(device);
    files = VirtualMachineReader.files(back);
    backing = back.type();
    mode = back.string("diskMode").orElse("");
    uuid = back.string("uuid").orElse("");
    changeId = back.string("changeId").orElse(null);
    encrypted = back.find("keyId").isPresent();
  }

  private static long capacity(XmlNode device) throws VsphereException {
    boolean inBytes = device.string("capacityInBytes").isPresent();
    long number = device.number(inBytes ? "capacityInBytes" : "capacityInKB");
    long unit = inBytes ? 1 : 1024;
    if (number < 0 || number > Long.MAX_VALUE / unit) {
      throw new VsphereException(
          "the server's response has a disk of " + number + (inBytes ? " bytes" : " KiB"));
    }
    return number * unit;
  }

  /** Returns the device's key, for example 2000. */
  public int key() {
    return key;
  }

  /** Returns the key of the controller, or -1. */
  public int controllerKey() {
    return controllerKey;
  }

  /** Returns the unit number on the controller, or -1. */
  public int unit() {
    return unit;
  }

  /** Returns the label, for example {@code Hard disk 1}. */
  public String label() {
    return label;
  }

  /** Returns the label, or the key if the disk has no label. */
  public String name() {
    return label.isEmpty() ? "disk " + key : label;
  }

  /** Returns the size in bytes. */
  public long capacity() {
    return capacity;
  }

  /**
   * Returns the disk's file in the form {@code [datastore] folder/name.vmdk}; empty if it has none.
   */
  public String file() {
    return files.isEmpty() ? "" : files.get(0);
  }

  /** Returns the disk's file and those of its parents, the child first. */
  public List<String> files() {
    return files;
  }

  /** Returns the type of the backing, for example {@code VirtualDiskFlatVer2BackingInfo}. */
  public String backing() {
    return backing;
  }

  /** Returns the disk mode, for example {@code persistent} or {@code independent_persistent}. */
  public String mode() {
    return mode;
  }

  /** Returns the disk's UUID; empty if it has none. */
  public String uuid() {
    return uuid;
  }

  /**
   * Returns the change ID, with which a later state can be compared; empty without change tracking.
   */
  public Optional<String> changeId() {
    return Optional.ofNullable(changeId);
  }

  /** Returns true if the disk is encrypted. */
  public boolean encrypted() {
    return encrypted;
  }

  /** Returns why a snapshot cannot be used to copy this disk; empty if it can. */
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
