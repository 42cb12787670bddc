package org.nbdcore.plugin.vmdk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.ServiceLoader;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.BlockSizes;
import org.nbdcore.spi.Config;
import org.nbdcore.spi.Export;
import org.nbdcore.spi.ExtentSink;
import org.nbdcore.spi.Filter;
import org.nbdcore.spi.FilterProvider;
import org.nbdcore.spi.Flags;
import org.nbdcore.spi.NbdException;
import org.nbdcore.spi.OpenRequest;
import org.nbdcore.spi.Plugin;
import org.nbdcore.spi.StartContext;
import org.nbdcore.testkit.DiskContents;

final class VmdkFilterTest {
  private static final int HELLO_SIZE = 1 << 20;

  private final Filter filter = new VmdkFilter();
  private final ByteExports below = new ByteExports();
  private byte[] hello;
  private byte[] helloContents;

  @TempDir Path dir;

  @BeforeEach
  void readTheExample() throws IOException {
    hello = Files.readAllBytes(Path.of("..", "..", "examples", "disks", "hello.vmdk"));
    try (Plugin plugin = plugin(Path.of("..", "..", "examples", "disks", "hello.vmdk"));
        BlockDevice device = plugin.open(request(""))) {
      helloContents = DiskContents.read(device, 0, (int) device.size());
    }
    assertThat(helloContents).contains("Hello".getBytes(StandardCharsets.UTF_8)[0]);
  }

  @AfterEach
  void assertThatNoDeviceIsOpen() {
    assertThat(below.open).isZero();
  }

  private static Plugin plugin(Path file) throws IOException {
    VmdkPluginProvider provider = new VmdkPluginProvider();
    try {
      Config config = Config.builder(provider.parameters()).put("file", file.toString()).build();
      Plugin plugin = provider.create(config);
      plugin.start(StartContext.NONE);
      return plugin;
    } catch (org.nbdcore.spi.ConfigException e) {
      throw new IOException(e);
    }
  }

  private static OpenRequest request(String export) {
    return OpenRequest.detached(export, true);
  }

  /** A descriptor in one export, its flat extent in another one. */
  private byte[] flatDisk(String extent) {
    byte[] data = new byte[HELLO_SIZE];
    new Random(5).nextBytes(data);
    Arrays.fill(data, 4096, 512 * 1024, (byte) 0);
    below.with("vm-flat.vmdk", data);
    String text =
        String.join(
            "\n",
            "# Disk DescriptorFile",
            "version=1",
            "createType=\"vmfs\"",
            "RW " + HELLO_SIZE / 512 + " VMFS \"" + extent + "\"");
    below.with("vm.vmdk", text.getBytes(StandardCharsets.UTF_8));
    return data;
  }

  @Test
  void filterIsRegisteredAsAService() {
    assertThat(ServiceLoader.load(FilterProvider.class))
        .anySatisfy(provider -> assertThat(provider.name()).isEqualTo("vmdk"));
  }

  @Test
  void aDiskInTheLayerBelowIsServedAndReadOnly() throws IOException {
    below.with("", hello);
    try (BlockDevice device = filter.open(request("anything"), below)) {
      assertThat(device.size()).isEqualTo(helloContents.length);
      assertThat(device.capabilities().write()).isFalse();
      assertThat(device.capabilities().extents()).isTrue();
      assertThat(DiskContents.read(device, 0, helloContents.length)).isEqualTo(helloContents);
    }
    assertThat(filter.listExports(request(""), below)).containsExactly(Export.of(""));
  }

  @Test
  void theDisksOfAnOvaAreListedAndChosenByTheirNames() throws IOException {
    byte[] other = hello.clone();
    byte[] greeting = "Hello".getBytes(StandardCharsets.UTF_8);
    int at = new String(other, StandardCharsets.ISO_8859_1).indexOf("Hello");
    System.arraycopy("Jello".getBytes(StandardCharsets.UTF_8), 0, other, at, greeting.length);
    below.with("", new Ovas().with("vm-disk1.vmdk", hello).with("vm-disk2.vmdk", other).build());
    assertThat(filter.listExports(request(""), below))
        .extracting(Export::name)
        .containsExactly("vm-disk1.vmdk", "vm-disk2.vmdk");
    try (BlockDevice one = filter.open(request("vm-disk1.vmdk"), below);
        BlockDevice two = filter.open(request("vm-disk2.vmdk"), below)) {
      assertThat(DiskContents.read(one, 0, helloContents.length)).isEqualTo(helloContents);
      assertThat(DiskContents.read(two, 0, helloContents.length))
          .isNotEqualTo(helloContents)
          .contains("Jello".getBytes(StandardCharsets.UTF_8));
    }
    assertThatThrownBy(() -> filter.open(request(""), below))
        .isInstanceOf(NbdException.class)
        .hasMessage(
            "the OVA has several disks, and the client asked for none by its export name; it has"
                + " vm-disk1.vmdk, vm-disk2.vmdk");
    assertThatThrownBy(() -> filter.open(request("disk3"), below))
        .hasMessage("the OVA has no disk 'disk3'; it has vm-disk1.vmdk, vm-disk2.vmdk");
  }

  @Test
  void theOnlyDiskOfAnOvaNeedsNoName() throws IOException {
    below.with("", new Ovas().with("vm-disk1.vmdk", hello).build());
    try (BlockDevice device = filter.open(request(""), below)) {
      assertThat(DiskContents.read(device, 0, helloContents.length)).isEqualTo(helloContents);
    }
  }

  @Test
  void anExtentBesideTheDescriptorInAnOvaIsFound() throws IOException {
    byte[] data = flatDisk("/vmfs/volumes/1/vm-flat.vmdk");
    byte[] descriptor;
    try (BlockDevice device = below.open(request("vm.vmdk"))) {
      descriptor = DiskContents.read(device, 0, 1000 > device.size() ? (int) device.size() : 1000);
    }
    ByteExports archive = new ByteExports();
    Ovas ova = new Ovas().with("d/vm.vmdk", descriptor).with("d/vm-flat.vmdk", data);
    archive.with("", ova.build());
    try (BlockDevice device = filter.open(request("d/vm.vmdk"), archive)) {
      assertThat(DiskContents.read(device, 0, data.length)).isEqualTo(data);
    }
    assertThatThrownBy(() -> filter.open(request("d/vm-flat.vmdk"), archive))
        .hasMessageContaining("is the data of a disk; open its descriptor 'vm.vmdk' instead");
    assertThat(archive.open).isZero();
  }

  @Test
  void damagedOrTruncatedOvaIsRefused() throws IOException {
    byte[] ova = new Ovas().with("vm-disk1.vmdk", hello).build();
    below.with("", Arrays.copyOf(ova, 3000));
    assertThatThrownBy(() -> filter.open(request(""), below))
        .isInstanceOf(IOException.class)
        .hasMessageMatching("(?s)the layer below.*(is not a valid OVA|was it cut off).*");
    ova[2 * 512 + 124] = 'x'; // the size in the second header
    below.with("", ova);
    assertThatThrownBy(() -> filter.open(request("vm-disk1.vmdk"), below))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("is not a valid OVA");
    below.with("", new Ovas().build());
    assertThatThrownBy(() -> filter.open(request(""), below))
        .hasMessage("the OVA has no disk ''; it has no file whose name ends with .vmdk");
  }

  @Test
  void anExtentIsOpenedThroughALayerThatListsIt() throws IOException {
    byte[] data = flatDisk("vm-flat.vmdk");
    try (BlockDevice device = filter.open(request("vm.vmdk"), below)) {
      assertThat(DiskContents.read(device, 0, data.length)).isEqualTo(data);
      assertThat(typeAt(device, 8192)).isEqualTo(ExtentSink.HOLE | ExtentSink.ZERO);
      assertThat(typeAt(device, 0)).isEqualTo(ExtentSink.DATA);
      assertThat(typeAt(device, 600 * 1024)).isEqualTo(ExtentSink.DATA);
    }
    assertThat(filter.listExports(request(""), below)).hasSize(2);
  }

  private static int typeAt(BlockDevice device, long offset) throws IOException {
    int[] type = {-1};
    device.extents(
        offset,
        512,
        Flags.NONE,
        new ExtentSink() {
          @Override
          public boolean add(long at, long length, int kind) {
            if (type[0] < 0 && at + length > offset) {
              type[0] = kind;
            }
            return true;
          }

          @Override
          public boolean full() {
            return false;
          }
        });
    return type[0];
  }

  @Test
  void errorNamesAnExtentThatTheLayerDoesNotList() throws IOException {
    flatDisk("elsewhere.vmdk");
    assertThatThrownBy(() -> filter.open(request("vm.vmdk"), below))
        .isInstanceOf(IOException.class)
        .hasMessage(
            "the layer below (vm.vmdk): needs the file 'elsewhere.vmdk' as well, which the layer"
                + " below does not list among its exports; serve the whole folder (file"
                + " directory=…), or the files from this machine with the plugin vmdk");
  }

  @Test
  void layerWithAMinimumBlockSizeIsRefusedWithARemedy() {
    below.with("", hello);
    below.sizes = BlockSizes.of(512, 4096, BlockSizes.UNLIMITED);
    assertThatThrownBy(() -> filter.open(request(""), below))
        .hasMessageContaining("the minimum block size of the layer below is 512; put --filter=");
  }

  @Test
  void thePluginServesTheDisksOfAnOvaToo() throws IOException {
    Path ova = dir.resolve("x.ova");
    Files.write(ova, new Ovas().with("a.vmdk", hello).with("b.vmdk", hello).build());
    try (Plugin plugin = plugin(ova)) {
      List<Export> exports = plugin.listExports(request(""));
      assertThat(exports).extracting(Export::name).containsExactly("a.vmdk", "b.vmdk");
      try (BlockDevice device = plugin.open(request("b.vmdk"))) {
        assertThat(DiskContents.read(device, 0, helloContents.length)).isEqualTo(helloContents);
      }
      assertThatThrownBy(() -> plugin.open(request(""))).hasMessageContaining("has several disks");
    }
  }
}
