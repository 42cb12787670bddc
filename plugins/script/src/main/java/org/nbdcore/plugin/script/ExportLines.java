package org.nbdcore.plugin.script;

import java.util.ArrayList;
import java.util.List;
import org.nbdcore.spi.Export;

/** Reads the list of exports that a script prints. */
final class ExportLines {

  private ExportLines() {}

  static List<Export> parse(String output) {
    List<String> lines = new ArrayList<>(output.lines().toList());
    String mode = lines.isEmpty() ? "" : lines.get(0);
    boolean known = List.of("NAMES", "INTERLEAVED", "NAMES+DESCRIPTIONS").contains(mode);
    if (known) {
      lines.remove(0);
    }
    List<Export> exports = new ArrayList<>();
    if (mode.equals("INTERLEAVED")) {
      for (int i = 0; i < lines.size(); i += 2) {
        exports.add(new Export(lines.get(i), i + 1 < lines.size() ? lines.get(i + 1) : ""));
      }
    } else if (mode.equals("NAMES+DESCRIPTIONS")) {
      int names = lines.size() / 2;
      for (int i = 0; i < names; i++) {
        exports.add(new Export(lines.get(i), lines.get(names + i)));
      }
    } else {
      for (String line : lines) {
        exports.add(new Export(line, ""));
      }
    }
    return exports;
  }
}
