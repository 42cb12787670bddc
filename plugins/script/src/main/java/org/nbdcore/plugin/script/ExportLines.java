package org.nbdcore.plugin.script;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.nbdcore.spi.Export;
import org.nbdcore.spi.NbdError;
import org.nbdcore.spi.NbdException;

/** Reads the list of exports that a script prints. */
final class ExportLines {

  private ExportLines() {}

  /** The longest string that the protocol allows, in bytes. */
  private static final int LONGEST = 4096;

  /** The list, if NBD can represent all of it. */
  static List<Export> checked(List<String> printed) throws NbdException {
    List<Export> exports = parse(printed);
    for (Export export : exports) {
      check("name", export.name());
      check("description", export.description());
    }
    return exports;
  }

  private static void check(String what, String text) throws NbdException {
    int length = text.getBytes(StandardCharsets.UTF_8).length;
    if (length > LONGEST) {
      throw new NbdException(
          NbdError.EINVAL,
          "list_exports: the "
              + what
              + " of an export must have at most "
              + LONGEST
              + " bytes, not "
              + length);
    }
  }

  /** The list; descriptions that are missing at the end are empty. */
  static List<Export> parse(List<String> printed) {
    List<String> lines = new ArrayList<>(printed);
    String mode = lines.isEmpty() ? "" : lines.get(0);
    boolean known = List.of("NAMES", "INTERLEAVED", "NAMES+DESCRIPTIONS").contains(mode);
    if (known) {
      lines.remove(0);
    }
    List<Export> exports = new ArrayList<>();
    if (mode.equals("INTERLEAVED")) {
      for (int i = 0; i < lines.size(); i += 2) {
        exports.add(
            Export.of(lines.get(i)).withDescription(i + 1 < lines.size() ? lines.get(i + 1) : ""));
      }
    } else if (mode.equals("NAMES+DESCRIPTIONS")) {
      int names = (lines.size() + 1) / 2;
      for (int i = 0; i < names; i++) {
        int text = names + i;
        exports.add(
            Export.of(lines.get(i)).withDescription(text < lines.size() ? lines.get(text) : ""));
      }
    } else {
      for (String line : lines) {
        exports.add(Export.of(line));
      }
    }
    return exports;
  }
}
