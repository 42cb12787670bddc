package org.nbdcore.vsphere;

import java.util.ArrayList;
import java.util.List;

/** Selects one of a machine's disks by the user's description. */
public final class DiskSelector {

  private DiskSelector() {}

  /**
   * Finds a disk.
   *
   * @param words the disk's number, counted from 1; {@code key=K} for the device's key; or {@code
   *     unit=U} for the number on the controller
   * @param disks in the machine's order
   * @throws VsphereException if there is no such disk, or more than one; the message lists all
   *     disks
   */
  public static VirtualDisk select(String words, List<VirtualDisk> disks) throws VsphereException {
    List<VirtualDisk> found = new ArrayList<>();
    for (int i = 0; i < disks.size(); i++) {
      VirtualDisk disk = disks.get(i);
      if (words.equals(Integer.toString(i + 1))
          || words.equals("key=" + disk.key())
          || words.equals("unit=" + disk.unit())) {
        found.add(disk);
      }
    }
    if (found.size() != 1) {
      throw new VsphereException(
          (found.isEmpty() ? "no disk is" : "several disks are")
              + " disk="
              + Text.printable(words)
              + "; the machine has "
              + list(disks));
    }
    return found.get(0);
  }

  private static String list(List<VirtualDisk> disks) {
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < disks.size(); i++) {
      VirtualDisk disk = disks.get(i);
      lines.add(
          "disk="
              + (i + 1)
              + " (key="
              + disk.key()
              + ", unit="
              + disk.unit()
              + ", "
              + Text.printable(disk.file())
              + ")");
    }
    return lines.isEmpty() ? "none" : String.join(", ", lines);
  }
}
