package org.nbdcore.plugin.vddk;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.nbdcore.spi.BlockSizes;
import org.nbdcore.spi.Capabilities;
import org.nbdcore.spi.PluginProvider;
import org.nbdcore.spi.Support;
import org.nbdcore.testkit.PluginContractTest;

/** The contract of every plugin, on a fake VDDK whose calls end out of order. */
class VddkContractTest extends PluginContractTest {

  @TempDir Path folder;
  private FakeVddk fake;
  private byte[] contents;

  /** Runs after the disks are closed. */
  @RegisterExtension
  final AfterEachCallback end =
      context -> {
        VddkProcess.exit();
        assertThat(fake.failures()).as("violations that the fake recorded").isEmpty();
      };

  @BeforeEach
  void createDisk() throws IOException {
    fake =
        FakeVddk.in(folder)
            .set("async", "thread")
            .set("async.order", "random")
            .set("datastore.dir", folder)
            .set("blocks", "content");
    contents = Disks.random(folder.resolve("ds/disk.vmdk"), (2 << 20) + 1024, 17);
    java.util.Arrays.fill(contents, 256 << 10, 1 << 20, (byte) 0);
    Files.write(folder.resolve("ds/disk.vmdk"), contents);
  }

  @Override
  protected PluginProvider provider() {
    return new VddkPluginProvider();
  }

  @Override
  protected List<String> parameters() {
    return List.of(
        "file=[ds] disk.vmdk",
        "server=esx",
        "user=root",
        "password=p",
        "vm=moref=1",
        "preflight=false",
        "libdir=" + fake.libdir());
  }

  @Override
  protected Capabilities expectedCapabilities() {
    return Capabilities.readWrite()
        .withFlush(true)
        .withFua(Support.NATIVE)
        .withZero(Support.NATIVE)
        .withExtents(true)
        .withBlockSizes(BlockSizes.of(512, 4096, BlockSizes.UNLIMITED));
  }

  @Override
  protected byte[] expectedContents() {
    return contents.clone();
  }
}
