package org.nbdcore.plugin.info;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.nbdcore.spi.Capabilities;
import org.nbdcore.spi.PluginProvider;
import org.nbdcore.spi.Support;
import org.nbdcore.testkit.PluginContractTest;

final class InfoContractTest extends PluginContractTest {

  @Override
  protected PluginProvider provider() {
    return new InfoProvider();
  }

  @Override
  protected List<String> parameters() {
    return List.of();
  }

  @Override
  protected String exportName() {
    return "hello, wörld";
  }

  @Override
  protected Capabilities expectedCapabilities() {
    return Capabilities.readOnly().withCache(Support.NATIVE).withMultiConn(true);
  }

  @Override
  protected byte[] expectedContents() {
    return "hello, wörld".getBytes(StandardCharsets.UTF_8);
  }
}
