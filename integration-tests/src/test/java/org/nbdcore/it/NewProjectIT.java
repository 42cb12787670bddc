package org.nbdcore.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What {@code new-plugin} and {@code new-filter} create builds, passes its tests, and serves. */
@Tag("heavy")
class NewProjectIT {

  private static final String ROUND_TRIP =
      "h.pwrite(b'nbd-core' * 64, 512); print(h.get_size(), h.pread(512, 512) == b'nbd-core' * 64)";

  /** The number of contract tests; the template has more tests. */
  private static final int MIN_TESTS = 15;

  private static final Pattern TESTS = Pattern.compile("tests=\"(\\d+)\"");

  @RegisterExtension final Sandbox box = new Sandbox();

  @Test
  void aNewPluginPassesItsContractTestsAndServes() throws Exception {
    Path jar = build("plugin", "my-disk", "MyDisk");
    Server server = box.serve(jar.toString(), "1M");
    assertThat(box.nbdsh(server, ROUND_TRIP).succeeded().line()).isEqualTo("1048576 True");
    assertThat(server.stop().err()).isEmpty();
    Ran list = box.nbdCore("--list", "--plugin-path=" + jar.getParent());
    assertThat(list.succeeded().err()).isEmpty();
    assertThat(list.out().lines())
        .anyMatch(line -> line.matches(" +my-disk +1\\.0-SNAPSHOT +" + jar + " +A disk in memory"));
  }

  @Test
  void aNewFilterPassesItsContractTestsAndServes() throws Exception {
    Path jar = build("filter", "my-lens", "MyLens");
    Server server = box.serve("memory", "1M", "--filter=" + jar, "my-lens-key=7");
    assertThat(box.nbdsh(server, ROUND_TRIP).succeeded().line()).isEqualTo("1048576 True");
    assertThat(server.stop().err()).isEmpty();
  }

  /** Runs the commands that the page begins with, and returns the jar that they built. */
  private Path build(String kind, String name, String className) throws Exception {
    Path folder = Files.createDirectory(box.file("author"));
    String commands = PageShell.block("docs/writing-a-" + kind + ".md", "new-" + kind);
    Ran ran =
        new PageShell(box, folder)
            .with(new ScratchMaven(box))
            .run(commands, ScratchMaven.LIMIT)
            .succeeded();
    assertThat(ran.out()).startsWith("created the " + kind + " " + name + " in ").contains("64M");
    Path project = folder.resolve(name);
    assertThat(tests(project, className)).isGreaterThanOrEqualTo(MIN_TESTS);
    return project.resolve("target/" + name + "-1.0-SNAPSHOT.jar");
  }

  private static int tests(Path project, String className) throws IOException {
    Path report =
        project.resolve("target/surefire-reports/TEST-com.example." + className + "Test.xml");
    Matcher tests = TESTS.matcher(Files.readString(report));
    assertThat(tests.find()).as(report.toString()).isTrue();
    return Integer.parseInt(tests.group(1));
  }
}
