package org.nbdcore.client.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The pages in docs and --help list the same options. */
final class DocumentationTest {

  private static final Pattern OPTION = Pattern.compile("(?<![\\w-])--?[A-Za-z][a-z-]*");

  @Test
  void thePageOfNbdInfoListsItsOptions() throws Exception {
    ByteArrayOutputStream help = new ByteArrayOutputStream();
    NbdInfo.run(new String[] {"--help"}, new PrintStream(help), System.err);
    assertThat(table("nbd-info.md")).isEqualTo(options(help.toString(StandardCharsets.UTF_8)));
  }

  @Test
  void thePageOfNbdCopyListsItsOptions() throws Exception {
    ByteArrayOutputStream help = new ByteArrayOutputStream();
    NbdCopy.run(new String[] {"--help"}, new PrintStream(help), System.err, false);
    Set<String> documented = table("nbd-copy.md");
    documented.add("--help");
    documented.add("-V");
    documented.add("--version");
    assertThat(documented).isEqualTo(options(help.toString(StandardCharsets.UTF_8)));
  }

  private static Set<String> table(String page) throws Exception {
    StringBuilder cells = new StringBuilder();
    for (String line : Files.readAllLines(Path.of("..", "docs", page))) {
      if (line.startsWith("| `-")) {
        cells.append(line, 0, line.indexOf('|', 1)).append('\n');
      }
    }
    return options(cells.toString());
  }

  private static Set<String> options(String text) {
    Set<String> found = new TreeSet<>();
    Matcher matcher = OPTION.matcher(text);
    while (matcher.find()) {
      found.add(matcher.group());
    }
    return found;
  }
}
