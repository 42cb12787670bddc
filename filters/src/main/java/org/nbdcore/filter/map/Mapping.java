package org.nbdcore.filter.map;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;

/**
 * Maps offsets of the disk to offsets of the layer below: ranges in ascending order, without gaps,
 * each shifted by a number of bytes. Immutable.
 */
final class Mapping {

  private final long[] starts; // the first is 0
  private final long[] shifts; // of the range that begins there

  /**
   * Merges rules. For each offset, the first rule that contains it applies; without a rule, the
   * offset is unchanged.
   */
  Mapping(List<Rule> rules) {
    TreeSet<Long> borders = new TreeSet<>(List.of(0L));
    for (Rule rule : rules) {
      borders.add(rule.start());
      borders.add(rule.end());
    }
    List<Long> found = new ArrayList<>();
    List<Long> moved = new ArrayList<>();
    for (long border : borders) {
      long shift = shift(rules, border);
      if (moved.isEmpty() || moved.get(moved.size() - 1) != shift) {
        found.add(border);
        moved.add(shift);
      }
    }
    starts = found.stream().mapToLong(Long::longValue).toArray();
    shifts = moved.stream().mapToLong(Long::longValue).toArray();
  }

  private static long shift(List<Rule> rules, long offset) {
    for (Rule rule : rules) {
      if (offset >= rule.start() && offset < rule.end()) {
        return rule.destination() - rule.start();
      }
    }
    return 0;
  }

  private int index(long offset) {
    int found = Arrays.binarySearch(starts, offset);
    return found < 0 ? -found - 2 : found;
  }

  /** The number of bytes by which an offset is shifted. */
  long shift(long offset) {
    return shifts[index(offset)];
  }

  /** End of the range that contains an offset, at most {@code limit}. */
  long end(long offset, long limit) {
    int next = index(offset) + 1;
    return next == starts.length ? limit : Math.min(starts[next], limit);
  }

  /**
   * True if every range starts at a multiple of {@code block}, and is shifted by a multiple of it.
   */
  boolean isAligned(long block) {
    return Arrays.stream(starts).allMatch(start -> start % block == 0)
        && Arrays.stream(shifts).allMatch(shift -> shift % block == 0);
  }
}
