package org.nbdcore.distribution;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A row of a table of tests. Such a table has a column whose head begins with "test".
 *
 * @param location the page and the line
 * @param cells all of them
 * @param tests names of tests, as {@code NameTest} or {@code NameTest.aMethod}; those with the
 *     newest clients are {@code NewestPeers}
 */
record TestedRow(String location, List<String> cells, List<String> tests) {

  private static final Pattern BAR = Pattern.compile("(?<!\\\\)\\|"); // within a cell it is \|
  private static final Pattern NAME =
      Pattern.compile("\\b[A-Z]\\w*(?:Test|IT|Peers)(?:\\.\\w+)?\\b");

  /** All of them in a page. */
  static List<TestedRow> in(Path page) throws IOException {
    List<TestedRow> rows = new ArrayList<>();
    List<Integer> columns = List.of();
    List<String> lines = Files.readAllLines(page);
    for (int i = 0; i < lines.size(); i++) {
      if (!lines.get(i).startsWith("|")) {
        columns = List.of();
      } else if (i == 0 || !lines.get(i - 1).startsWith("|")) {
        columns = columnsOfTests(cells(lines.get(i)));
        i++; // the line below the heads
      } else if (!columns.isEmpty()) {
        rows.add(row(page.getFileName() + ":" + (i + 1), cells(lines.get(i)), columns));
      }
    }
    return rows;
  }

  private static TestedRow row(String location, List<String> cells, List<Integer> columns) {
    List<String> tests = new ArrayList<>();
    for (int column : columns) {
      if (column < cells.size()) {
        for (Matcher name = NAME.matcher(cells.get(column)); name.find(); ) {
          tests.add(name.group());
        }
      }
    }
    return new TestedRow(location, cells, tests);
  }

  private static List<String> cells(String line) {
    List<String> cells = new ArrayList<>();
    for (String cell : BAR.split(line.strip().substring(1))) {
      cells.add(cell.strip());
    }
    return cells;
  }

  private static List<Integer> columnsOfTests(List<String> heads) {
    List<Integer> columns = new ArrayList<>();
    for (int i = 0; i < heads.size(); i++) {
      if (heads.get(i).toLowerCase(Locale.ROOT).startsWith("test")) {
        columns.add(i);
      }
    }
    return columns;
  }
}
