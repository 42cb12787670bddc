package org.nbdcore.it;

import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** How qemu-img sees a disk. */
final class QemuMap {

  private static final Pattern ENTRY =
      Pattern.compile("\"length\": (\\d+),[^}]*\"zero\": (true|false)");

  private QemuMap() {}

  /** How many bytes read as zeroes without being looked at. */
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
