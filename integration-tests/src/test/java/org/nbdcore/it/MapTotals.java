package org.nbdcore.it;

import java.util.Map;
import java.util.TreeMap;

/** What {@code nbdinfo --map --totals} prints: bytes by kind. */
record MapTotals(Map<Integer, Long> bytes) {

  static final int HOLE_AND_ZERO = 3;

  /** Lines such as {@code " 2097152 1.2% 0 data"}. */
  static MapTotals parse(String printed) {
    Map<Integer, Long> bytes = new TreeMap<>();
    printed
        .lines()
        .map(line -> line.strip().split("\\s+"))
        .forEach(words -> bytes.put(Integer.valueOf(words[2]), Long.valueOf(words[0])));
    return new MapTotals(bytes);
  }

  long of(int kind) {
    return bytes.getOrDefault(kind, 0L);
  }

  long sum() {
    return bytes.values().stream().mapToLong(Long::longValue).sum();
  }
}
