package org.nbdcore.it;

import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Extents of a disk, as qemu-img reports them. */
final class QemuMap {

  private static final Pattern ENTRY =
      Pattern.compile("\"length\": (\\d+),[^}]*\"zero\": (true|false)");

  private QemuMap() {}

  /** The number of bytes that qemu-img map reports as zeroes. */
  static long zeroes(Sandbox box, Path disk) {
    String json =
        box.run(Client.QEMU_IMG, "map", "--output=json", disk.toString()).succeeded().out();
    long total = 0;
    for (Matcher entry = ENTRY.matcher(json); entry.find(); ) {
      if (entry.group(2).equals("true")) {
        total += Long.parseLong(entry.group(1));
      }
    }
    return total;
  }
}
