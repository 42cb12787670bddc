package org.nbdcore.distribution;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.nbdcore.spi.DebugFlag;
import org.nbdcore.spi.FilterProvider;
import org.nbdcore.spi.Parameter;
import org.nbdcore.spi.PluginProvider;

/**
 * Every name in nbdkit's manuals is in docs/compatibility.md, and exists here if the page says so.
 * The names are committed as a list, because no manual is part of this project.
 */
class CompatibilityTest {

  private static final Path PAGE = Path.of("../docs/compatibility.md");
  private static final String NAMES = "/nbdkit-1.48.txt";
  private static final Pattern BAR = Pattern.compile("(?<!\\\\)\\|");

  /** A row of the page: names of nbdkit, whether they exist here, and the differences. */
  private record Row(String names, String here, String differences) {
    boolean isAbsent() {
      return here.equals("no") || here.equals("missing");
    }

    boolean isAbout(String name) {
      return Pattern.compile("(?<![\\w-])" + Pattern.quote(name) + "(?![\\w-])")
          .matcher(names)
          .find();
    }

    boolean mentions(String name) {
      return differences.contains("`" + name + "`");
    }
  }

  private static List<Row> rows(String heading) throws IOException {
    String page = Files.readString(PAGE);
    Matcher section = Pattern.compile("(?s)\n## " + heading + "\n(.*?)(\n## |\\z)").matcher(page);
    assertThat(section.find()).as("the page has a section %s", heading).isTrue();
    List<Row> rows = new ArrayList<>();
    for (String line : section.group(1).split("\n")) {
      String[] cells = BAR.split(line);
      if (line.startsWith("| ") && cells.length > 3) {
        rows.add(new Row(cells[1].strip(), cells[2].strip(), cells[3]));
      }
    }
    return rows;
  }

  private static List<String> names(String kind) throws IOException {
    try (InputStream in =
            Objects.requireNonNull(CompatibilityTest.class.getResourceAsStream(NAMES));
        BufferedReader lines =
            new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
      return lines
          .lines()
          .filter(line -> line.startsWith(kind + " "))
          .map(line -> line.substring(kind.length() + 1))
          .toList();
    }
  }

  private static Optional<Row> row(List<Row> rows, String name) {
    return rows.stream().filter(row -> row.isAbout(name)).findFirst();
  }

  @Test
  void everyOptionIsInThePage() throws IOException {
    List<Row> rows = rows("Command line");
    assertThat(names("option"))
        .hasSizeGreaterThan(60)
        .allSatisfy(option -> assertThat(row(rows, option)).as(option).isPresent());
  }

  @Test
  void everyPluginIsInThePageAndExistsIfThePageSaysSo() throws IOException {
    List<Row> rows = rows("Plugins");
    List<String> here =
        ServiceLoader.load(PluginProvider.class).stream().map(p -> p.get().name()).toList();
    assertThat(names("plugin"))
        .hasSizeGreaterThan(40)
        .allSatisfy(
            name -> {
              assertThat(row(rows, name)).as(name).isPresent();
              assertThat(here.contains(name))
                  .as(name)
                  .isNotEqualTo(row(rows, name).get().isAbsent());
            });
  }

  @Test
  void everyFilterIsInThePageAndExistsIfThePageSaysSo() throws IOException {
    List<Row> rows = rows("Filters");
    List<String> here =
        ServiceLoader.load(FilterProvider.class).stream().map(p -> p.get().name()).toList();
    assertThat(names("filter"))
        .hasSizeGreaterThan(50)
        .allSatisfy(
            name -> {
              assertThat(row(rows, "`" + name + "`")).as(name).isPresent();
              assertThat(here.contains(name))
                  .as(name)
                  .isNotEqualTo(row(rows, "`" + name + "`").get().isAbsent());
            });
  }

  /**
   * The parameters that a plugin or filter declares. Empty if it does not exist here, or accepts
   * any key.
   */
  private static Optional<List<Parameter<?>>> parameters(String kind, String name) {
    Stream<List<Parameter<?>>> found =
        kind.equals("plugin")
            ? ServiceLoader.load(PluginProvider.class).stream()
                .map(ServiceLoader.Provider::get)
                .filter(plugin -> plugin.name().equals(name) && !plugin.acceptsAnyKey())
                .map(PluginProvider::parameters)
            : ServiceLoader.load(FilterProvider.class).stream()
                .map(ServiceLoader.Provider::get)
                .filter(filter -> filter.name().equals(name))
                .map(FilterProvider::parameters);
    return found.findFirst();
  }

  @Test
  void everyKeyIsAcceptedOrNamedInThePage() throws IOException {
    List<Row> plugins = rows("Plugins");
    List<Row> filters = rows("Filters");
    assertThat(names("key"))
        .hasSizeGreaterThan(300)
        .allSatisfy(
            line -> {
              String[] words = line.split(" ");
              Optional<List<Parameter<?>>> declared = parameters(words[0], words[1]);
              boolean plugin = words[0].equals("plugin");
              Row row =
                  row(plugin ? plugins : filters, plugin ? words[1] : "`" + words[1] + "`")
                      .orElseThrow();
              assertThat(
                      declared.isEmpty()
                          || declared.get().stream().anyMatch(p -> p.hasKey(words[2]))
                          || row.mentions(words[2]))
                  .as(line)
                  .isTrue();
            });
  }

  @Test
  void everyDebugFlagExistsOrIsNamedInThePage() throws IOException {
    String page = Files.readString(PAGE);
    List<String> here = new ArrayList<>();
    Set<String> layers = new HashSet<>();
    for (PluginProvider plugin : ServiceLoader.load(PluginProvider.class)) {
      layers.add(plugin.name());
      add(here, plugin.name(), plugin.debugFlags());
    }
    for (FilterProvider filter : ServiceLoader.load(FilterProvider.class)) {
      layers.add(filter.name());
      add(here, filter.name(), filter.debugFlags());
    }
    assertThat(names("flag"))
        .hasSizeGreaterThan(8)
        .allSatisfy(
            flag ->
                assertThat(
                        here.contains(flag)
                            || page.contains("`-D " + flag + "`")
                            || !layers.contains(flag.substring(0, flag.indexOf('.'))))
                    .as(flag)
                    .isTrue());
  }

  private static void add(List<String> here, String layer, List<DebugFlag> flags) {
    flags.forEach(flag -> here.add(layer + "." + flag.name()));
  }
}
