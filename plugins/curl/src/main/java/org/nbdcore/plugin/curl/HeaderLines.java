package org.nbdcore.plugin.curl;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.message.BasicHeader;
import org.nbdcore.spi.ConfigException;

/**
 * Request headers that the user has added or removed.
 *
 * @param added name and value
 * @param removed names in lower case
 */
record HeaderLines(List<Header> added, Set<String> removed) {

  /**
   * Reads {@code Name: value}, {@code Name;} for a header without a value, or {@code Name:} for a
   * header that must not be sent.
   */
  static HeaderLines parse(List<String> lines) throws ConfigException {
    List<Header> added = new ArrayList<>();
    Set<String> removed = new TreeSet<>();
    for (String line : lines) {
      int end = nameEnd(line);
      String name = line.substring(0, end);
      String value = line.substring(end + 1).strip();
      if (line.indexOf('\r') >= 0 || line.indexOf('\n') >= 0) {
        throw new ConfigException("must be one line: 'Name: value'");
      }
      if (line.charAt(end) == ';' || !value.isEmpty()) {
        added.add(new BasicHeader(name, value));
      } else {
        removed.add(name.toLowerCase(Locale.ROOT));
      }
    }
    return new HeaderLines(List.copyOf(added), Set.copyOf(removed));
  }

  private static int nameEnd(String line) throws ConfigException {
    int colon = line.indexOf(':');
    int end = colon < 0 && line.endsWith(";") ? line.length() - 1 : colon;
    if (end <= 0 || line.substring(0, end).chars().anyMatch(c -> c <= ' ' || c >= 127)) {
      throw new ConfigException("must be 'Name: value', 'Name:' or 'Name;'");
    }
    return end;
  }
}
