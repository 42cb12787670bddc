package org.nbdcore.spi;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

final class SpiVersionTest {

  /** The build writes its own number into the manifests of the jars. */
  @Test
  void theManifestsOfOurJarsNameTheCurrentVersion() throws Exception {
    String pom = Files.readString(Path.of("..", "pom.xml"));
    assertThat(pom)
        .contains("<spi.version>" + SpiVersion.CURRENT + "</spi.version>")
        .contains("<" + SpiVersion.ATTRIBUTE + ">${spi.version}</" + SpiVersion.ATTRIBUTE + ">");
  }
}
