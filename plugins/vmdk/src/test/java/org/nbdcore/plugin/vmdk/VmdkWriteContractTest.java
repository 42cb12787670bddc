package org.nbdcore.plugin.vmdk;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.nbdcore.spi.BlockSizes;
import org.nbdcore.spi.Capabilities;
import org.nbdcore.spi.PluginProvider;
import org.nbdcore.spi.Support;
import org.nbdcore.testkit.PluginContractTest;
import org.nbdcore.vmdk.FileLocation;
import org.nbdcore.vmdk.VmdkCreateOptions;
import org.nbdcore.vmdk.VmdkDisk;

/** The child of a new disk, both sparse. */
final class VmdkWriteContractTest extends PluginContractTest {
  private static final int SIZE = 5 * 65536 + 512;

  @TempDir Path dir;

  @BeforeEach
  void makeDisk() throws IOException {
    FileLocation parent = FileLocation.of(dir.resolve("parent.vmdk"));
    VmdkDisk.create(parent, VmdkCreateOptions.ofSize(SIZE));
    VmdkDisk.createChild(FileLocation.of(dir.resolve("child.vmdk")), parent);
  }

  @Override
  protected PluginProvider provider() {
    return new VmdkPluginProvider();
  }

  @Override
  protected List<String> parameters() {
    return List.of("file=" + dir.resolve("child.vmdk"));
  }

  @Override
  protected Capabilities expectedCapabilities() {
    return Capabilities.all()
        .withCache(Support.NONE)
        .withBlockSizes(BlockSizes.DEFAULT.withPreferred(65536));
  }

  @Override
  protected byte[] expectedContents() {
    return new byte[SIZE];
  }
}
