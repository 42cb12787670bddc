package org.nbdcore.plugin.vddk;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.nbdcore.spi.Parameter;

/** docs/vddk.md tells of every parameter, and names tests that exist. */
class DocumentationTest {

  private static final Path ROOT = Path.of(System.getProperty("basedir", "")).resolve("../..");
  private static final Pattern TEST = Pattern.compile("\\b(\\w+(?:Test|IT))\\.(\\w+)");

  private static String table() throws IOException {
    String page = Files.readString(ROOT.resolve("docs/vddk.md"));
    int start = page.indexOf("## What tests what");
    return page.substring(start, page.indexOf("\n## ", start + 1));
  }

  @Test
  void eachParameterIsExplainedAndHasARowOfTests() throws IOException {
    String page = Files.readString(ROOT.resolve("docs/vddk.md"));
    String table = table();
    for (Parameter<?> parameter : VddkParameters.ALL) {
      assertThat(page.replace(table, "")).as(parameter.key()).contains("`" + parameter.key() + "=");
      assertThat(table).contains("\n| `" + parameter.key() + "=` | ");
    }
  }

  @Test
  void theTestsThatAreNamedExist() throws IOException {
    List<String> missing = new ArrayList<>();
    int found = 0;
    Matcher named = TEST.matcher(table());
    while (named.find()) {
      String folder =
          named.group(1).endsWith("IT")
              ? "integration-tests/src/test/java/org/nbdcore/it"
              : "plugins/vddk/src/test/java/org/nbdcore/plugin/vddk";
      Path file = ROOT.resolve(folder).resolve(named.group(1) + ".java");
      if (!Files.exists(file) || !Files.readString(file).contains("void " + named.group(2) + "(")) {
        missing.add(named.group());
      }
      found++;
    }
    assertThat(missing).isEmpty();
    assertThat(found).isGreaterThan(40);
  }
}
