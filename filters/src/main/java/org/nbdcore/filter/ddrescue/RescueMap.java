package org.nbdcore.filter.ddrescue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.nbdcore.filter.common.RangeEnds;
import org.nbdcore.spi.ConfigException;

/** The rescued ranges of a map file of GNU ddrescue. Immutable. */
final class RescueMap {

  /** Every state of a block; only {@code +} means that it was read. */
  private static final String STATES = "?*/-+";

  private final long[] starts;
  private final long[] ends;

  private RescueMap(List<long[]> rescued) {
    rescued.sort(Comparator.comparingLong(run -> run[0]));
    starts = new long[rescued.size()];
    ends = new long[rescued.size()];
    for (int i = 0; i < starts.length; i++) {
      starts[i] = rescued.get(i)[0];
      ends[i] = rescued.get(i)[1];
    }
  }

  /**
   * Reads a file: comments, a line about the state of the rescue, then a line for each block.
   *
   * @throws ConfigException naming the file and the line that cannot be understood
   */
  static RescueMap read(Path file) throws ConfigException {
    List<String> lines;
    try {
      lines = Files.readAllLines(file);
    } catch (IOException e) {
      throw new ConfigException("ddrescue-mapfile: cannot read " + file + ": " + e, e);
    }
    List<long[]> rescued = new ArrayList<>();
    boolean stateSeen = false;
    for (int i = 0; i < lines.size(); i++) {
      String line = lines.get(i).strip();
      if (line.isEmpty() || line.startsWith("#")) {
        continue;
      }
      if (!stateSeen) {
        stateSeen = true;
        continue;
      }
      String[] fields = line.split("\\s+");
      if (fields.length != 3 || fields[2].length() != 1 || !STATES.contains(fields[2])) {
        throw new ConfigException(
            where(file, i)
                + "a line must hold a position, a size and one of "
                + STATES
                + ", not '"
                + line
                + "'");
      }
      long start = number(file, i, fields[0]);
      long length = number(file, i, fields[1]);
      if (length > Long.MAX_VALUE - start) {
        throw new ConfigException(where(file, i) + "the block must end below 8E");
      }
      if (fields[2].equals("+")) {
        rescued.add(new long[] {start, start + length});
      }
    }
    if (!stateSeen) {
      throw new ConfigException(
          "ddrescue-mapfile: " + file + " is empty; it must be a map file of GNU ddrescue");
    }
    return new RescueMap(rescued);
  }

  private static String where(Path file, int line) {
    return "ddrescue-mapfile: " + file + ":" + (line + 1) + ": ";
  }

  private static long number(Path file, int line, String text) throws ConfigException {
    try {
      long value = Long.decode(text);
      if (value >= 0) {
        return value;
      }
    } catch (NumberFormatException e) {
      throw new ConfigException(notANumber(file, line, text), e);
    }
    throw new ConfigException(notANumber(file, line, text));
  }

  private static String notANumber(Path file, int line, String text) {
    return where(file, line)
        + "a position or size must be a number such as 0x1000, not '"
        + text
        + "'";
  }

  /** The first byte of a range that was not rescued, or -1 if all were. */
  long firstLost(long offset, long length) {
    long at = offset;
    long end = offset + length;
    for (int i = firstEndingAfter(offset); i < starts.length && starts[i] <= at; i++) {
      at = Math.max(at, ends[i]);
      if (at >= end) {
        return -1;
      }
    }
    return at;
  }

  private int firstEndingAfter(long offset) {
    return RangeEnds.firstAfter(ends, ends.length, offset);
  }
}
