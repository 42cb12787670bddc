package org.nbdcore.plugin.synthetic;

import java.util.Arrays;
import java.util.List;
import org.nbdcore.spi.Capabilities;
import org.nbdcore.spi.PluginProvider;
import org.nbdcore.testkit.PluginContractTest;

final class OnesContractTest extends PluginContractTest {

  @Override
  protected PluginProvider provider() {
    return new OnesProvider();
  }

  @Override
  protected List<String> parameters() {
    return List.of("size=200001", "byte=0xA5");
  }

  @Override
  protected Capabilities expectedCapabilities() {
    return Capabilities.all().withExtents(false);
  }

  @Override
  protected byte[] expectedContents() {
    byte[] contents = new byte[200_001];
    Arrays.fill(contents, (byte) 0xa5);
    return contents;
  }

  @Override
  protected boolean remembersWrites() {
    return false;
  }
}
