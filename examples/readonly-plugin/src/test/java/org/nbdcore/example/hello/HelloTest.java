package org.nbdcore.example.hello;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.nbdcore.spi.Capabilities;
import org.nbdcore.spi.PluginProvider;
import org.nbdcore.testkit.PluginContractTest;

/** All of the tests are inherited. */
final class HelloTest extends PluginContractTest {

  @Override
  protected PluginProvider provider() {
    return new HelloProvider();
  }

  @Override
  protected List<String> parameters() {
    return List.of();
  }

  @Override
  protected Capabilities expectedCapabilities() {
    return Capabilities.readOnly().withMultiConn(true);
  }

  @Override
  protected byte[] expectedContents() {
    String text = "Hello, NBD world\n".repeat(5_000);
    return Arrays.copyOf(text.getBytes(StandardCharsets.UTF_8), 1 << 16);
  }
}
