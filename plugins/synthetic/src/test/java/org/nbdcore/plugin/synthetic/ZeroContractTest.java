package org.nbdcore.plugin.synthetic;

import java.util.List;
import org.nbdcore.spi.Capabilities;
import org.nbdcore.spi.PluginProvider;
import org.nbdcore.spi.Support;
import org.nbdcore.testkit.PluginContractTest;

final class ZeroContractTest extends PluginContractTest {

  @Override
  protected PluginProvider provider() {
    return new ZeroProvider();
  }

  @Override
  protected List<String> parameters() {
    return List.of();
  }

  @Override
  protected Capabilities expectedCapabilities() {
    return Capabilities.readOnly().withCache(Support.NATIVE).withMultiConn(true);
  }

  @Override
  protected byte[] expectedContents() {
    return new byte[0];
  }
}
