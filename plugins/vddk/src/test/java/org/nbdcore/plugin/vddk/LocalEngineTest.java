package org.nbdcore.plugin.vddk;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.ExtentSink;
import org.nbdcore.spi.Extents;
import org.nbdcore.spi.Flags;
import org.nbdcore.spi.OpenRequest;
import org.nbdcore.spi.Plugin;
import org.nbdcore.spi.StartContext;
import org.nbdcore.testkit.Configs;
import org.nbdcore.vmdk.FileLocation;
import org.nbdcore.vmdk.VmdkCreateOptions;
import org.nbdcore.vmdk.VmdkDisk;
import org.nbdcore.vmdk.VmdkOptions;

/** A local disk without VDDK. within= forbids VDDK, even if another test has loaded it. */
class LocalEngineTest {

  private static final int SIZE = 1 << 20;

  @TempDir Path dir;
  private Path child;

  /** An empty child of a parent that has data in its first sector. */
  @BeforeEach
  void createChildDisk() throws IOException {
    FileLocation parent = FileLocation.of(dir.resolve("parent.vmdk"));
    VmdkDisk.create(parent, VmdkCreateOptions.ofSize(SIZE));
    try (VmdkDisk disk = VmdkDisk.open(parent, VmdkOptions.defaults().withWritable(true))) {
      byte[] data = new byte[512];
      Arrays.fill(data, (byte) 5);
      disk.write(ByteBuffer.wrap(data), 0);
      disk.flush();
    }
    child = dir.resolve("child.vmdk");
    VmdkDisk.createChild(FileLocation.of(child), parent);
  }

  private Plugin plugin(String singleLink) throws Exception {
    VddkPluginProvider provider = new VddkPluginProvider();
    Plugin plugin =
        provider.create(
            Configs.of(provider.parameters(), "file=" + child, "within=" + dir, singleLink));
    plugin.start(StartContext.NONE);
    return plugin;
  }

  private static byte[] firstSector(BlockDevice device) throws IOException {
    byte[] bytes = new byte[512];
    device.read(ByteBuffer.wrap(bytes), 0);
    return bytes;
  }

  @Test
  void aChainIsReadAndWrittenAsOneDisk() throws Exception {
    try (Plugin plugin = plugin("single-link=false");
        BlockDevice device = plugin.open(OpenRequest.detached("", false))) {
      assertThat(device.capabilities().write()).isTrue();
      assertThat(firstSector(device)).containsOnly(5);
      byte[] data = new byte[512];
      Arrays.fill(data, (byte) 6);
      device.write(ByteBuffer.wrap(data), 512, Flags.NONE);
      byte[] both = new byte[1024];
      device.read(ByteBuffer.wrap(both), 0);
      assertThat(Arrays.copyOf(both, 512)).containsOnly(5);
      assertThat(Arrays.copyOfRange(both, 512, 1024)).isEqualTo(data);
    }
  }

  @Test
  void singleLinkIsReadOnlyAndReadWithoutItsParent() throws Exception {
    try (Plugin plugin = plugin("single-link=true");
        BlockDevice device = plugin.open(OpenRequest.detached("", false))) {
      assertThat(device.capabilities().write()).isFalse();
      assertThat(firstSector(device)).containsOnly(0);
      Extents all = new Extents(0, SIZE, 100);
      device.extents(0, SIZE, Flags.NONE, all);
      assertThat(all.size()).isEqualTo(1);
      assertThat(all.type(0)).isEqualTo(ExtentSink.HOLE | ExtentSink.ZERO);
    }
  }
}
