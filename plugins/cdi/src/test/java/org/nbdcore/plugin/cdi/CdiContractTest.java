package org.nbdcore.plugin.cdi;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.nbdcore.spi.Capabilities;
import org.nbdcore.spi.PluginProvider;
import org.nbdcore.spi.Support;
import org.nbdcore.testkit.PluginContractTest;

/** A layer of an OCI layout as a disk. */
final class CdiContractTest extends PluginContractTest {

  private static final byte[] DISK = TestImage.bytes(7, 1_000_003);

  @TempDir private static Path folder;

  @BeforeAll
  static void write() throws IOException {
    TestImage image = new TestImage();
    image.layer(TestImage.GZIP, TestImage.gzip(DISK), DISK);
    image.writeLayout(folder, image.index(Map.of(image.manifest(), "")));
  }

  @Override
  protected PluginProvider provider() {
    return new CdiProvider();
  }

  @Override
  protected List<String> parameters() {
    return List.of("name=oci:" + folder);
  }

  @Override
  protected Capabilities expectedCapabilities() {
    return Capabilities.readOnly().withMultiConn(true).withExtents(true).withCache(Support.NATIVE);
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
