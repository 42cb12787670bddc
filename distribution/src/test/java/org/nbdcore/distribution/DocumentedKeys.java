package org.nbdcore.distribution;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The keys that a page describes: those in the first column of tables whose head there says "key"
 * or "parameter", each as {@code `key`} or {@code `key=VALUE`}.
 */
final class DocumentedKeys {

  private static final Set<String> HEADS = Set.of("key", "parameter");
  private static final Pattern KEY = Pattern.compile("`([a-z][a-z0-9_-]*)(=[^`]*)?`");

  private DocumentedKeys() {}

  static Set<String> of(Path page) throws IOException {
    Set<String> keys = new TreeSet<>();
    boolean inTable = false;
    boolean ofKeys = false;
    for (String line : Files.readAllLines(page)) {
      if (!line.startsWith("|")) {
        inTable = false;
        continue;
      }
      // A bar within a cell is written \|.
      String cell = line.split("(?<!\\\\)\\|", 3)[1].strip();
      if (!inTable) {
        inTable = true;
        ofKeys = HEADS.contains(cell.toLowerCase(Locale.ROOT));
      } else if (ofKeys) {
        for (Matcher key = KEY.matcher(cell); key.find(); ) {
          keys.add(key.group(1));
        }
      }
    }
    return keys;
  }
}
