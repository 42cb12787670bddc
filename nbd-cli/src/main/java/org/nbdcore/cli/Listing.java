package org.nbdcore.cli;

import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.nbdcore.chain.Providers;
import org.nbdcore.spi.LayerProvider;

/**
 * Lists the plugins and filters that a command line can name: one line for each, with name,
 * version, jar and description.
 *
 * @param out receives the list
 * @param version of the program
 * @param home the folder of the distribution; the names of its jars are relative to it
 */
record Listing(PrintStream out, ProgramVersion version, Optional<Path> home) {

  private record Row(String name, String version, String jar, String description) {}

  void print(Providers providers) {
    List<Row> plugins = rows(providers.plugins());
    List<Row> filters = rows(providers.filters());
    List<Row> all = new ArrayList<>(plugins);
    all.addAll(filters);
    Row widths =
        new Row(widest(all, Row::name), widest(all, Row::version), widest(all, Row::jar), "");
    print("Plugins:", widths, plugins);
    print("Filters:", widths, filters);
    if (!providers.folders().isEmpty()) {
      out.println(
          "Folders of third-party jars: "
              + providers.folders().stream().map(Path::toString).collect(Collectors.joining(", ")));
    }
  }

  /** The longest text of a column. */
  private static String widest(List<Row> rows, Function<Row, String> column) {
    return rows.stream().map(column).max(Comparator.comparingInt(String::length)).orElse("");
  }

  private void print(String heading, Row widths, List<Row> rows) {
    out.println(heading);
    for (Row row : rows) {
      out.println(
          "  "
              + padded(row.name, widths.name)
              + padded(row.version, widths.version)
              + padded(row.jar, widths.jar)
              + row.description);
    }
  }

  private static String padded(String text, String widest) {
    return text + " ".repeat(widest.length() - text.length() + 2);
  }

  private List<Row> rows(List<? extends LayerProvider> providers) {
    return providers.stream().map(this::row).sorted(Comparator.comparing(Row::name)).toList();
  }

  private Row row(LayerProvider provider) {
    Optional<Path> jar = Providers.origin(provider);
    return new Row(
        provider.name(),
        version.of(provider.version()),
        jar.map(this::relative).map(Path::toString).orElse("-"),
        provider.description());
  }

  private Path relative(Path jar) {
    return home.filter(jar::startsWith).map(folder -> folder.relativize(jar)).orElse(jar);
  }
}
