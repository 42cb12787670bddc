package org.nbdcore.plugin.synthetic;

import java.util.List;
import org.nbdcore.spi.Capabilities;
import org.nbdcore.spi.PluginProvider;
import org.nbdcore.spi.Support;
import org.nbdcore.testkit.PluginContractTest;

final class FullContractTest extends PluginContractTest {

  @Override
  protected PluginProvider provider() {
    return new FullProvider();
  }

  @Override
  protected List<String> parameters() {
    return List.of("size=100001");
  }

  @Override
  protected Capabilities expectedCapabilities() {
    return Capabilities.readOnly().withExtents(true).withCache(Support.NATIVE).withMultiConn(true);
  }

  @Override
  protected byte[] expectedContents() {
    return new byte[100_001];
  }

  @Override
  protected boolean opensForWriting() {
    return false;
  }
}
