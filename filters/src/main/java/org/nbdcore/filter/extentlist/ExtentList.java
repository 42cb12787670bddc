package org.nbdcore.filter.extentlist;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.nbdcore.filter.common.LineFile;
import org.nbdcore.filter.common.RangeEnds;
import org.nbdcore.spi.ConfigException;
import org.nbdcore.spi.ExtentSink;
import org.nbdcore.spi.Sizes;

/** The extents that a file lists, with holes between and after them. Immutable. */
final class ExtentList {

  static final int GAP = ExtentSink.HOLE | ExtentSink.ZERO;

  private record Run(long start, long end, int type, int line) {}

  private final long[] starts;
  private final long[] ends;
  private final int[] types;

  private ExtentList(List<Run> sorted) {
    starts = new long[sorted.size()];
    ends = new long[sorted.size()];
    types = new int[sorted.size()];
    for (int i = 0; i < starts.length; i++) {
      starts[i] = sorted.get(i).start();
      ends[i] = sorted.get(i).end();
      types[i] = sorted.get(i).type();
    }
  }

  /**
   * Reads a file.
   *
   * @throws ConfigException naming the file and the line that cannot be understood
   */
  static ExtentList read(Path file) throws ConfigException {
    List<Run> runs = new ArrayList<>();
    LineFile.read(
        "extentlist",
        file,
        (number, line) -> {
          if (line.startsWith("#")) {
            return;
          }
          Run run = parse(line.strip().split("\\s+"), number);
          if (run.end() > run.start()) {
            runs.add(run);
          }
        });
    runs.sort(Comparator.comparingLong(Run::start));
    for (int i = 1; i < runs.size(); i++) {
      Run before = runs.get(i - 1);
      if (runs.get(i).start() < before.end()) {
        throw new ConfigException(
            "extentlist: "
                + file
                + ":"
                + runs.get(i).line()
                + ": the extent overlaps the one of line "
                + before.line());
      }
    }
    return new ExtentList(runs);
  }

  private static Run parse(String[] fields, int line) throws ConfigException {
    if (fields.length < 2 || fields.length > 3) {
      throw new ConfigException(
          "a line must hold an offset, a length and optionally a type, not "
              + fields.length
              + " fields");
    }
    long start = size("the offset", fields[0]);
    long length = size("the length", fields[1]);
    if (length > Long.MAX_VALUE - start) {
      throw new ConfigException("the extent must end below 8E");
    }
    int type = fields.length == 2 ? ExtentSink.DATA : type(fields[2]);
    return new Run(start, start + length, type, line);
  }

  private static long size(String what, String text) throws ConfigException {
    try {
      return Sizes.parse(text);
    } catch (ConfigException e) {
      throw new ConfigException(what + " " + e.getMessage(), e);
    }
  }

  private static int type(String text) throws ConfigException {
    if (text.matches("[0-3]|0x[0-3]")) {
      return Integer.decode(text);
    }
    int type = ExtentSink.DATA;
    for (String word : text.split(",", -1)) {
      type |=
          switch (word) {
            case "hole" -> ExtentSink.HOLE;
            case "zero" -> ExtentSink.ZERO;
            default ->
                throw new ConfigException(
                    "the type must be hole, zero, hole,zero or a number from 0 to 3, not '"
                        + text
                        + "'");
          };
    }
    return type;
  }

  /** Adds the extents of a range until the sink is full. */
  void report(long offset, long length, ExtentSink sink) {
    long end = offset + length;
    long at = offset;
    boolean more = true;
    for (int i = firstEndingAfter(offset); more && at < end && i < starts.length; i++) {
      if (at < starts[i]) {
        long until = Math.min(starts[i], end);
        more = sink.add(at, until - at, GAP);
        at = until;
      }
      if (more && at < end) {
        long until = Math.min(ends[i], end);
        more = sink.add(at, until - at, types[i]);
        at = until;
      }
    }
    if (more && at < end) {
      sink.add(at, end - at, GAP);
    }
  }

  private int firstEndingAfter(long offset) {
    return RangeEnds.firstAfter(ends, ends.length, offset);
  }
}
