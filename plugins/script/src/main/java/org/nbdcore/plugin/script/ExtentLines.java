package org.nbdcore.plugin.script;

import java.io.IOException;
import org.nbdcore.spi.ConfigException;
import org.nbdcore.spi.ExtentSink;
import org.nbdcore.spi.NbdError;
import org.nbdcore.spi.NbdException;
import org.nbdcore.spi.Sizes;

/** Reads the extents that a script prints: {@code OFFSET LENGTH [TYPE]} on each line. */
final class ExtentLines {

  private final ScriptRunner runner;
  private long end = -1;

  private ExtentLines(ScriptRunner runner) {
    this.runner = runner;
  }

  /** Checks all lines, and adds the extents to {@code sink} until it is full. */
  static void parse(ScriptRunner runner, String output, long offset, ExtentSink sink)
      throws IOException {
    ExtentLines lines = new ExtentLines(runner);
    boolean more = true;
    for (String line : output.split("\n")) {
      if (!more) {
        return;
      }
      more = lines.line(line, offset, sink);
    }
    if (lines.end < 0) {
      throw runner.wrong(
          "extents", "must print OFFSET LENGTH [TYPE], not '" + output.strip() + "'");
    }
    if (lines.end <= offset) {
      throw lines.invalid("its extents end at " + lines.end + ", before " + offset);
    }
  }

  private boolean line(String line, long asked, ExtentSink sink) throws IOException {
    if (line.isBlank() || line.startsWith("#")) {
      return true;
    }
    String[] words = line.strip().split("[ \t]+");
    if (words.length < 2) {
      throw runner.wrong("extents", "must print OFFSET LENGTH [TYPE], not '" + line + "'");
    }
    long offset = number(words[0], line);
    long length = number(words[1], line);
    if (end < 0 && offset > asked) {
      throw invalid("its extents begin at " + offset + ", after " + asked);
    }
    if (end >= 0 && offset != end) {
      throw invalid("the extent at " + offset + " must begin where the last one ended: " + end);
    }
    if (length > Long.MAX_VALUE - offset) {
      throw invalid("the extent '" + line + "' ends beyond what there can be");
    }
    end = offset + length;
    return length == 0 || end <= asked || sink.add(offset, length, type(words));
  }

  private long number(String word, String line) throws IOException {
    try {
      return Sizes.parse(word);
    } catch (ConfigException e) {
      throw runner.wrong("extents", "'" + line + "' has a number that " + e.getMessage());
    }
  }

  private NbdException invalid(String what) {
    return new NbdException(NbdError.EINVAL, runner.name() + ": extents: " + what);
  }

  private static int type(String[] words) {
    if (words.length < 3) {
      return ExtentSink.DATA;
    }
    int type = 0;
    for (String word : words[2].split(",")) {
      type |= word.equals("hole") ? ExtentSink.HOLE : 0;
      type |= word.equals("zero") ? ExtentSink.ZERO : 0;
      if (!word.isEmpty() && word.chars().allMatch(Character::isDigit) && word.length() < 10) {
        type |= Integer.parseInt(word) & (ExtentSink.HOLE | ExtentSink.ZERO);
      }
    }
    return type;
  }
}
