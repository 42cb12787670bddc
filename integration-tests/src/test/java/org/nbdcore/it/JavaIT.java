package org.nbdcore.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The integration tests run on the Java that the build selected. */
class JavaIT {

  @RegisterExtension final Sandbox box = new Sandbox();

  @Test
  void theServerRunsOnTheJavaUnderTest() throws IOException {
    Path expected = Distribution.java().toRealPath();
    if (expected.endsWith("bin/java")) {
      expected = expected.getParent().getParent();
    }
    String home =
        box.nbdCore("--dump-config")
            .succeeded()
            .out()
            .lines()
            .filter(line -> line.startsWith("java_home="))
            .findFirst()
            .orElseThrow();
    assertThat(Path.of(home.substring("java_home=".length())).toRealPath()).isEqualTo(expected);
  }
}
