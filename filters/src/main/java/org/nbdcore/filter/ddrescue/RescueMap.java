package org.nbdcore.filter.ddrescue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.nbdcore.filter.common.LineFile;
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
    Parser parser = new Parser();
    LineFile.read("ddrescue-mapfile", file, parser);
    if (!parser.stateSeen) {
      throw new ConfigException(
          "ddrescue-mapfile: " + file + " is empty; it must be a map file of GNU ddrescue");
    }
    return new RescueMap(parser.rescued);
  }

  private static final class Parser implements LineFile.LineParser {
    final List<long[]> rescued = new ArrayList<>();
    boolean stateSeen;

    @Override
    public void parse(int number, String line) throws ConfigException {
      String text = line.strip();
      if (text.startsWith("#")) {
        return;
      }
      if (!stateSeen) {
        stateSeen = true;
        return;
      }
      String[] fields = text.split("\\s+");
      if (fields.length != 3 || fields[2].length() != 1 || !STATES.contains(fields[2])) {
        throw new ConfigException(
            "a line must hold a position, a size and one of " + STATES + ", not '" + text + "'");
      }
      long start = number(fields[0]);
      long length = number(fields[1]);
      if (length > Long.MAX_VALUE - start) {
        throw new ConfigException("the block must end below 8E");
      }
      if (fields[2].equals("+")) {
        rescued.add(new long[] {start, start + length});
      }
    }
  }

  private static long number(String text) throws ConfigException {
    try {
      long value = Long.decode(text);
      if (value >= 0) {
        return value;
      }
    } catch (NumberFormatException e) {
      throw new ConfigException(notANumber(text), e);
    }
    throw new ConfigException(notANumber(text));
  }

  private static String notANumber(String text) {
    return "a position or size must be a number such as 0x1000, not '" + text + "'";
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
