package org.nbdcore.distribution;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Each row of a table of tests names tests, and these tests exist. */
class TestedRowsTest {

  private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
  private static final Path DOCS = ROOT.resolve("docs");

  /** The values of rows about missing features, which have no tests. */
  private static final Set<String> WITHOUT_TESTS = Set.of("no", "missing");

  @TempDir private Path folder;

  @ParameterizedTest
  @CsvSource({"protocol.md, 60", "compatibility.md, 60", "vddk.md, 40"})
  void eachRowNamesATest(String page, int atLeast) throws IOException {
    List<TestedRow> rows = TestedRow.in(DOCS.resolve(page));
    assertThat(rows).hasSizeGreaterThan(atLeast);
    assertThat(rows)
        .filteredOn(row -> row.cells().stream().noneMatch(WITHOUT_TESTS::contains))
        .allSatisfy(row -> assertThat(row.tests()).as(row.toString()).isNotEmpty());
  }

  @Test
  void noPageNamesAMissingTest() throws IOException {
    NamedTests named = new NamedTests(ROOT);
    List<String> missing = new ArrayList<>();
    try (Stream<Path> pages = Files.walk(DOCS)) {
      for (Path page : pages.filter(file -> file.toString().endsWith(".md")).toList()) {
        for (TestedRow row : TestedRow.in(page)) {
          row.tests().stream()
              .filter(test -> !named.has(test))
              .forEach(test -> missing.add(row.location() + ": " + test));
        }
      }
    }
    assertThat(missing).isEmpty();
  }

  @Test
  void everyFilterHasTestCasesForRealClients() throws IOException {
    Path cases = ROOT.resolve("integration-tests/src/test/resources/client-cases/filters");
    List<String> filters =
        Files.readAllLines(DOCS.resolve("compatibility.md")).stream()
            .filter(line -> line.matches("\\| `[a-z][a-z0-9-]*` \\| (same|more)\\b.*"))
            .map(line -> line.substring(3, line.indexOf('`', 3)))
            .toList();
    assertThat(filters)
        .hasSizeGreaterThan(40)
        .allSatisfy(name -> assertThat(cases.resolve(name + ".py")).exists());
  }

  @Test
  void rowsAndNamesOfTestsAreParsed() throws IOException {
    Path page =
        Files.writeString(
            folder.resolve("page.md"),
            """
            | key | meaning |
            | --- | --- |
            | `a` | AnyTest |

            | what | tests |
            | --- | --- |
            | `a\\|b` | OneTest.works, TwoIT; ThreeTest |
            | none | |
            text
            """);
    List<TestedRow> rows = TestedRow.in(page);
    assertThat(rows).extracting(TestedRow::location).containsExactly("page.md:7", "page.md:8");
    assertThat(rows.get(0).tests()).containsExactly("OneTest.works", "TwoIT", "ThreeTest");
    assertThat(rows.get(1).tests()).isEmpty();
    NamedTests named = new NamedTests(ROOT);
    assertThat(named.has("TestedRowsTest")).isTrue();
    assertThat(named.has("TestedRowsTest.rowsAndNamesOfTestsAreParsed")).isTrue();
    assertThat(named.has("TestedRowsTest.nothing")).isFalse();
    assertThat(named.has("NoSuchTest")).isFalse();
  }
}
