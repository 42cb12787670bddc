package org.nbdcore.metrics;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** Reads the text format of Prometheus, as its specification has it. */
final class PrometheusText {

  private final Map<String, Double> samples = new LinkedHashMap<>();
  private final Map<String, String> types = new TreeMap<>();
  private final Set<String> helped = new TreeSet<>();

  PrometheusText(String text) {
    text.lines().forEach(this::line);
  }

  private void line(String line) {
    String[] words = line.split(" ", 4);
    if (line.startsWith("# TYPE ")) {
      types.put(words[2], words[3]);
    } else if (line.startsWith("# HELP ")) {
      helped.add(words[2]);
    } else if (!line.startsWith("#") && !line.isEmpty()) {
      sample(line);
    }
  }

  private void sample(String line) {
    int at = 0;
    while (at < line.length() && line.charAt(at) != '{' && line.charAt(at) != ' ') {
      at++;
    }
    String name = line.substring(0, at);
    List<String> labels = new ArrayList<>();
    if (line.charAt(at) == '{') {
      at++;
      while (line.charAt(at) != '}') {
        int equals = line.indexOf('=', at);
        String label = line.substring(at, equals);
        StringBuilder value = new StringBuilder();
        at = equals + 2;
        while (line.charAt(at) != '"') {
          if (line.charAt(at) == '\\') {
            at++;
            value.append(line.charAt(at) == 'n' ? '\n' : line.charAt(at));
          } else {
            value.append(line.charAt(at));
          }
          at++;
        }
        labels.add(label + "=" + value);
        at++;
        if (line.charAt(at) == ',') {
          at++;
        }
      }
      at++;
    }
    String number = line.substring(at).strip().split(" ")[0].replace("+Inf", "Infinity");
    Double previous = samples.put(name + labels, Double.valueOf(number));
    if (previous != null) {
      throw new IllegalStateException("two samples of " + name + labels);
    }
  }

  /** The value of a sample; labels as {@code name=value}, in the order of their names. */
  double value(String name, String... labels) {
    Double value = samples.get(name + List.of(labels));
    if (value == null) {
      throw new IllegalStateException("no " + name + List.of(labels) + " in " + samples.keySet());
    }
    return value;
  }

  /** Names and types of all metrics. */
  Map<String, String> types() {
    return types;
  }

  /** The metrics with a help text. */
  Set<String> helped() {
    return helped;
  }

  /** Whether there is such a sample. */
  boolean has(String name, String... labels) {
    return samples.containsKey(name + List.of(labels));
  }
}
