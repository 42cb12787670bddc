package org.nbdcore.plugin.vddk;

import java.util.LinkedHashMap;
import java.util.Map;

/** One line of the fake's trace, taken apart. */
public final class TraceLine {

  private final String line;
  private final Map<String, String> arguments = new LinkedHashMap<>();

  private TraceLine(String line) {
    this.line = line;
  }

  static TraceLine parse(String line) {
    TraceLine result = new TraceLine(line);
    int at = line.indexOf(' ');
    while (at >= 0 && at < line.length()) {
      int equals = line.indexOf('=', at);
      if (equals < 0) {
        break;
      }
      String key = line.substring(at + 1, equals);
      if (line.startsWith("\"", equals + 1)) {
        int end = equals + 2;
        StringBuilder text = new StringBuilder();
        while (line.charAt(end) != '"') {
          if (line.charAt(end) == '\\' && line.charAt(end + 1) != 'x') {
            end++;
          }
          text.append(line.charAt(end++));
        }
        result.arguments.put(key, text.toString());
        at = end + 1;
      } else {
        int end = line.indexOf(' ', equals);
        end = end < 0 ? line.length() : end;
        String value = line.substring(equals + 1, end);
        result.arguments.put(key, value.equals("NULL") ? null : value);
        at = end;
      }
    }
    return result;
  }

  /** The value of an argument; null for a null pointer. Fails if there is no such argument. */
  public String text(String key) {
    if (!arguments.containsKey(key)) {
      throw new AssertionError("no " + key + " in: " + line);
    }
    return arguments.get(key);
  }

  public long number(String key) {
    return Long.parseLong(text(key));
  }

  public boolean has(String key) {
    return arguments.containsKey(key);
  }

  /** The low 16 bits of the call's result. */
  public long result() {
    return number("result");
  }

  @Override
  public String toString() {
    return line;
  }
}
