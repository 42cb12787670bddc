package org.nbdcore.plugin.s3;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.nbdcore.spi.Capabilities;
import org.nbdcore.spi.PluginProvider;
import org.nbdcore.spi.Support;
import org.nbdcore.testkit.PluginContractTest;

/** A disk of many objects. The last object is only partly used. */
final class BlocksContractTest extends PluginContractTest {

  private static final int SIZE = 100_001;

  private static ObjectServer server;

  @BeforeAll
  static void serve() throws IOException {
    server = new ObjectServer();
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @BeforeEach
  void forget() {
    server.objects.clear();
  }

  @Override
  protected PluginProvider provider() {
    return new S3Provider();
  }

  @Override
  protected List<String> parameters() {
    List<String> all = new ArrayList<>(server.parameters("disk"));
    all.add("size=" + SIZE);
    all.add("object-size=16k");
    return all;
  }

  @Override
  protected Capabilities expectedCapabilities() {
    return Capabilities.readWrite()
        .withFlush(true)
        .withFua(Support.NATIVE)
        .withTrim(true)
        .withZero(Support.NATIVE)
        .withMultiConn(true);
  }

  @Override
  protected boolean persists() {
    return true;
  }

  @Override
  protected byte[] expectedContents() {
    return new byte[SIZE];
  }
}
