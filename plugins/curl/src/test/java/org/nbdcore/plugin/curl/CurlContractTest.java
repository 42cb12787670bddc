package org.nbdcore.plugin.curl;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.nbdcore.spi.Capabilities;
import org.nbdcore.spi.PluginProvider;
import org.nbdcore.testkit.PluginContractTest;

final class CurlContractTest extends PluginContractTest {

  private static WebServer server;

  @BeforeAll
  static void serve() throws IOException {
    server = new WebServer();
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @Override
  protected PluginProvider provider() {
    return new CurlProvider();
  }

  @Override
  protected List<String> parameters() {
    return List.of("url=" + server.url(), "proxy=");
  }

  @Override
  protected Capabilities expectedCapabilities() {
    return Capabilities.readOnly().withMultiConn(true);
  }

  @Override
  protected byte[] expectedContents() {
    return server.disk;
  }
}
