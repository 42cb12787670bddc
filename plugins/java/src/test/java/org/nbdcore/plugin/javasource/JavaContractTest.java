package org.nbdcore.plugin.javasource;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.nbdcore.spi.Capabilities;
import org.nbdcore.spi.PluginProvider;
import org.nbdcore.testkit.PluginContractTest;

/** The plugin of the page fulfills the contract, compiled from its source. */
final class JavaContractTest extends PluginContractTest {

  private static final int SIZE = 50_001;

  @TempDir private Path folder;

  @Override
  protected PluginProvider provider() {
    return new JavaProvider();
  }

  @Override
  protected List<String> parameters() throws IOException {
    return List.of("script=" + Sources.ofPage("Ram", folder), "size=" + SIZE);
  }

  @Override
  protected Capabilities expectedCapabilities() {
    return Capabilities.readWrite().withFlush(true).withMultiConn(true);
  }

  @Override
  protected byte[] expectedContents() {
    return new byte[SIZE];
  }
}
