package org.nbdcore.plugin.mkfs;

import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import org.nbdcore.spi.NbdError;
import org.nbdcore.spi.NbdException;

/** The short names of one directory, and whether its long names are allowed. */
final class FatNames {

  /** Length of a short name without its dot. */
  static final int SHORT = 11;

  private static final int BASE = 8;
  private static final int LONGEST = 255;
  private static final String FORBIDDEN = "\"*/:<>?\\|";
  private static final String ALLOWED = "$%'-_@~!(){}^#&";

  private final Set<String> longNames = new HashSet<>();
  private final Set<String> shortNames = new HashSet<>();

  /** A short name that no other file of the directory has, filled up with blanks. */
  byte[] shortName(FatNode file) throws NbdException {
    check(file);
    String name = file.name.toUpperCase(Locale.ROOT);
    int dot = name.lastIndexOf('.');
    String base = cleaned(dot > 0 ? name.substring(0, dot) : name);
    String extension = dot > 0 ? cleaned(name.substring(dot + 1)) : "";
    extension = extension.substring(0, Math.min(extension.length(), SHORT - BASE));
    String found = padded(base, extension);
    boolean exact = isExact(file.name, found);
    for (int number = 1; !exact && number < Integer.MAX_VALUE; number++) {
      String tail = "~" + number;
      String head = base.substring(0, Math.min(base.length(), BASE - tail.length()));
      found = padded(head + tail, extension);
      if (!shortNames.contains(found)) {
        break;
      }
    }
    if (!shortNames.add(found)) {
      throw refused(file, "has the name of another file");
    }
    return found.getBytes(StandardCharsets.US_ASCII);
  }

  /** True if a file needs no long name in addition to its short name. */
  static boolean isExact(String name, String shortName) {
    String base = shortName.substring(0, BASE).stripTrailing();
    String extension = shortName.substring(BASE).stripTrailing();
    return name.equals(extension.isEmpty() ? base : base + "." + extension);
  }

  private void check(FatNode file) throws NbdException {
    boolean forbidden = file.name.chars().anyMatch(c -> c < ' ' || FORBIDDEN.indexOf(c) >= 0);
    if (forbidden || file.name.endsWith(".") || file.name.endsWith(" ")) {
      throw refused(file, "has a name that FAT does not allow");
    }
    if (file.name.length() > LONGEST) {
      throw refused(file, "has a name of more than 255 characters");
    }
    if (!longNames.add(file.name.toUpperCase(Locale.ROOT))) {
      throw refused(file, "has the name of another file, as FAT does not distinguish case");
    }
  }

  private static NbdException refused(FatNode file, String reason) {
    return new NbdException(NbdError.EINVAL, file.path + " " + reason);
  }

  private static String cleaned(String part) {
    StringBuilder cleaned = new StringBuilder();
    for (char c : part.toCharArray()) {
      boolean plain = c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || ALLOWED.indexOf(c) >= 0;
      if (plain) {
        cleaned.append(c);
      } else if (c != ' ' && c != '.') {
        cleaned.append('_');
      }
    }
    return cleaned.isEmpty() ? "_" : cleaned.toString();
  }

  private static String padded(String base, String extension) {
    String cut = base.substring(0, Math.min(base.length(), BASE));
    return (cut + " ".repeat(BASE)).substring(0, BASE)
        + (extension + "   ").substring(0, SHORT - BASE);
  }
}
