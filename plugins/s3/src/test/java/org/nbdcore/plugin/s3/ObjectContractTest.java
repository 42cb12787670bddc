package org.nbdcore.plugin.s3;

import java.io.IOException;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.nbdcore.spi.Capabilities;
import org.nbdcore.spi.PluginProvider;
import org.nbdcore.testkit.PluginContractTest;

/** One object as a disk. */
final class ObjectContractTest extends PluginContractTest {

  private static final byte[] DISK = new byte[1_000_003];
  private static ObjectServer server;

  @BeforeAll
  static void serve() throws IOException {
    server = new ObjectServer();
    new Random(4).nextBytes(DISK);
    server.objects.put("/disks/a%20folder/disk.img", DISK);
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @Override
  protected PluginProvider provider() {
    return new S3Provider();
  }

  @Override
  protected List<String> parameters() {
    return server.parameters("a folder/disk.img");
  }

  @Override
  protected Capabilities expectedCapabilities() {
    return Capabilities.readOnly().withMultiConn(true);
  }

  @Override
  protected boolean opensForWriting() {
    return false;
  }

  @Override
  protected byte[] expectedContents() {
    return DISK.clone();
  }
}
