package com.example;

import java.util.List;
import org.nbdcore.spi.Capabilities;
import org.nbdcore.spi.PluginProvider;
import org.nbdcore.testkit.PluginContractTest;

/**
 * Inherits the contract tests; add your own test methods here. If you store the data outside the
 * process, override persists() to return true: the tests then check flush and FUA too.
 */
final class @Class@Test extends PluginContractTest {

  private static final int SIZE = 100_001;

  @Override
  protected PluginProvider provider() {
    return new @Class@Provider();
  }

  @Override
  protected List<String> parameters() {
    return List.of("size=" + SIZE);
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
