package org.nbdcore.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The table of planted faults in docs/testkit.md names every fault, and tests that exist. */
final class PlantedFaultsTableTest {

  private static final Path PAGE = Path.of("..", "docs", "testkit.md");
  private static final Pattern ROW = Pattern.compile("\\| (.+) \\| (.+) \\| `(\\w+)#(\\w+)` \\|");
  private static final Pattern NAME = Pattern.compile("`(\\w+)`");

  private static List<Matcher> rows() throws Exception {
    List<Matcher> rows = new ArrayList<>();
    for (String line : Files.readAllLines(PAGE)) {
      Matcher row = ROW.matcher(line);
      if (row.matches()) {
        rows.add(row);
      }
    }
    return rows;
  }

  @Test
  void everyPlantedFaultIsInTheTable() throws Exception {
    List<String> planted =
        Stream.of(
                ArrayPluginTest.class,
                PersistentPluginTest.class,
                BrokenFilterTest.class,
                BrokenOffsetFilterTest.class,
                AsyncFaultsTest.class)
            .flatMap(
                type ->
                    Stream.of(type.getDeclaredMethods())
                        .filter(method -> method.isAnnotationPresent(Test.class))
                        .map(Method::getName)
                        .filter(name -> name.contains("Caught"))
                        .map(name -> type.getSimpleName() + "#" + name))
            .sorted()
            .toList();
    List<String> documented =
        rows().stream().map(row -> row.group(3) + "#" + row.group(4)).sorted().toList();
    assertThat(documented).isEqualTo(planted);
  }

  @Test
  void theContractTestsOfTheTableExist() throws Exception {
    List<String> contract =
        Stream.of(PluginContractTest.class, FilterContractTest.class)
            .flatMap(type -> Stream.of(type.getDeclaredMethods()))
            .map(Method::getName)
            .toList();
    for (Matcher row : rows()) {
      Matcher name = NAME.matcher(row.group(2));
      assertThat(name.find()).as(row.group()).isTrue();
      do {
        assertThat(contract).as(row.group()).contains(name.group(1));
      } while (name.find());
    }
  }
}
