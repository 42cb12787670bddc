package org.nbdcore.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * The plugin in Kotlin builds outside the reactor, passes its contract tests, and serves. It is not
 * part of the check, because the compiler takes long; run it by name.
 */
class KotlinExample {

  private static final List<String> KOTLIN =
      List.of(
          "pom.xml",
          "src/main/kotlin/Counter.kt",
          "src/main/resources/META-INF/services/org.nbdcore.spi.PluginProvider",
          "src/test/kotlin/CounterTest.kt");

  private static final String COUNTER_TESTS =
      "target/surefire-reports/TEST-org.nbdcore.example.kotlin.CounterTest.xml";

  @RegisterExtension final Sandbox box = new Sandbox();

  @Test
  void thePluginInKotlinPassesItsContractTestsAndServes() throws Exception {
    Path example = Distribution.repository("examples/kotlin-plugin");
    Path project = box.file("kotlin-plugin");
    for (String file : KOTLIN) {
      Path copy = project.resolve(file);
      Files.createDirectories(copy.getParent());
      Files.copy(example.resolve(file), copy);
    }
    new ScratchMaven(box).run(project, "package").succeeded();
    assertThat(project.resolve(COUNTER_TESTS)).content().contains("readReturnsTheContents");
    Path jar = project.resolve("target/nbd-example-kotlin-plugin-" + Distribution.VERSION + ".jar");
    Server server = box.serve(jar.toString(), "1M");
    assertThat(
            box.nbdsh(server, "print(h.pread(32, 16 * 999).decode().split())").succeeded().line())
        .isEqualTo("['999', '1000']");
    server.stop();
  }
}
