package org.nbdcore.example.steps;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nbdcore.spi.Capabilities;
import org.nbdcore.spi.PluginProvider;
import org.nbdcore.testkit.Configs;
import org.nbdcore.testkit.PluginContractTest;

final class Example2Test extends PluginContractTest {

  @TempDir private Path folder;
  private final byte[] contents = new byte[100_001];

  @BeforeEach
  void writeFile() throws IOException {
    new Random(2).nextBytes(contents);
    Files.write(folder.resolve("disk"), contents);
  }

  @Override
  protected PluginProvider provider() {
    return new Example2Provider();
  }

  @Override
  protected List<String> parameters() {
    return List.of("file=" + folder.resolve("disk"));
  }

  @Override
  protected Capabilities expectedCapabilities() {
    return Capabilities.readOnly().withMultiConn(true);
  }

  @Override
  protected byte[] expectedContents() {
    return contents;
  }

  @Test
  void missingFileIsReported() {
    assertThatThrownBy(
            () -> provider().create(Configs.of(provider().parameters(), "file=/no/such/file")))
        .hasMessage("file /no/such/file cannot be read");
  }
}
