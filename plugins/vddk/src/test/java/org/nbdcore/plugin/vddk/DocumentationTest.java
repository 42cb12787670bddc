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

/** docs/vddk.md explains every parameter, and names only tests that exist. */
class DocumentationTest {

  private static final Path ROOT = Path.of(System.getProperty("basedir", "")).resolve("../..");
  private static final Pattern TEST = Pattern.compile("\\b(\\w+(?:Test|IT))\\.(\\w+)");

  private static final Pattern KEY_OF_THE_FAKE =
      Pattern.compile("\\b(?:control_(?:text|is|flag|number|number_of)|agrees)\\(\"([a-z.]+)\"");

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
  void testsNamedInTheTableExist() throws IOException {
    List<String> missing = new ArrayList<>();
    int found = 0;
    Matcher named = TEST.matcher(table());
    while (named.find()) {
      if (!source(named.group(1)).contains("void " + named.group(2) + "(")) {
        missing.add(named.group());
      }
      found++;
    }
    assertThat(missing).isEmpty();
    assertThat(found).isGreaterThan(40);
  }

  /** The tests of this plugin, those with real clients, and those of what all plugins use. */
  private static String source(String test) throws IOException {
    for (String folder :
        List.of(
            "plugins/vddk/src/test/java/org/nbdcore/plugin/vddk",
            "integration-tests/src/test/java/org/nbdcore/it",
            "plugin-spi/src/test/java/org/nbdcore/spi")) {
      Path file = ROOT.resolve(folder).resolve(test + ".java");
      if (Files.exists(file)) {
        String source = Files.readString(file);
        Matcher base = Pattern.compile("class " + test + " extends (\\w+)").matcher(source);
        return base.find() ? source + source(base.group(1)) : source;
      }
    }
    return "";
  }

  @Test
  void readmeOfTheFakeExplainsEveryControlKey() throws IOException {
    String readme = Files.readString(Gcc.SOURCES.resolve("README.md"));
    List<String> missing = new ArrayList<>();
    int found = 0;
    for (String name : Gcc.librarySources()) {
      Matcher key = KEY_OF_THE_FAKE.matcher(Files.readString(Gcc.SOURCES.resolve(name)));
      while (key.find()) {
        found++;
        if (!readme.contains("`" + key.group(1) + "=")
            && !readme.contains("`" + key.group(1) + ".CALL=")) {
          missing.add(name + ": " + key.group(1));
        }
      }
    }
    assertThat(missing).isEmpty();
    assertThat(found).isGreaterThan(30);
  }
}
