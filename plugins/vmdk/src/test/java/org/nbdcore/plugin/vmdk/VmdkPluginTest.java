package org.nbdcore.plugin.vmdk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.Config;
import org.nbdcore.spi.ConfigException;
import org.nbdcore.spi.ExtentSink;
import org.nbdcore.spi.Extents;
import org.nbdcore.spi.Flags;
import org.nbdcore.spi.OpenRequest;
import org.nbdcore.spi.Plugin;
import org.nbdcore.spi.PluginProvider;
import org.nbdcore.spi.StartContext;
import org.nbdcore.vmdk.FileLocation;
import org.nbdcore.vmdk.VmdkDisk;

final class VmdkPluginTest {
  private static final int HOLE = ExtentSink.HOLE | ExtentSink.ZERO;

  @TempDir Path dir;

  private static Plugin plugin(Path file) throws ConfigException {
    VmdkPluginProvider provider = new VmdkPluginProvider();
    Config config = Config.builder(provider.parameters()).put("file", file.toString()).build();
    return provider.create(config);
  }

  private static OpenRequest request() {
    return OpenRequest.detached("", true);
  }

  private static Path helloDisk() {
    return Path.of(
        "..", "..", "examples", "disks", "hello.vmdk"); // tests run in their module's folder
  }

  @Test
  void pluginIsRegisteredAsAService() {
    assertThat(ServiceLoader.load(PluginProvider.class))
        .anySatisfy(provider -> assertThat(provider.name()).isEqualTo("vmdk"));
  }

  @Test
  void theFileIsRequired() {
    VmdkPluginProvider provider = new VmdkPluginProvider();
    assertThatThrownBy(() -> Config.builder(provider.parameters()).build())
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("file=PATH");
  }

  @Test
  void exampleDiskContainsItsGreeting() throws Exception {
    try (Plugin plugin = plugin(helloDisk())) {
      plugin.start(StartContext.NONE);
      try (BlockDevice device = plugin.open(request())) {
        assertThat(device.size()).isEqualTo(8 << 20);
        ByteBuffer grain = ByteBuffer.allocateDirect(65536);
        device.read(grain, 0);
        String text = StandardCharsets.ISO_8859_1.decode(grain.flip()).toString();
        assertThat(text).contains("Hello from a VMware disk");
        assertThat(device.capabilities().blockSizes().preferred()).isEqualTo(65536);
        assertThat(device.capabilities().multiConn()).isTrue();
        assertThat(device.capabilities().write()).isFalse();
      }
    }
  }

  @Test
  void readsOfCompressedGrainsAreCounted() throws Exception {
    VmdkPluginProvider provider = new VmdkPluginProvider();
    Config.Builder config =
        Config.builder(provider.parameters()).put("file", dir.resolve("stream.vmdk").toString());
    ByteBuffer grain = ByteBuffer.allocateDirect(65536);
    Config created =
        config
            .put("create", "true")
            .put("create-size", "1M")
            .put("create-type", "stream-optimized")
            .build();
    try (Plugin plugin = provider.create(created)) {
      plugin.start(StartContext.NONE);
      try (BlockDevice device = plugin.open(OpenRequest.detached("", false))) {
        device.write(grain.put(0, (byte) 1), 0, Flags.NONE);
      }
    }
    try (Plugin plugin = plugin(dir.resolve("stream.vmdk"))) {
      plugin.start(StartContext.NONE);
      try (BlockDevice device = plugin.open(request())) {
        device.read(grain.clear(), 0); // a whole grain is not kept
        device.read(grain.clear().limit(512), 512);
        device.read(grain.clear().limit(512), 1024);
        device.read(grain.clear(), 65536); // a hole
      }
      Map<String, Double> counters = new TreeMap<>();
      plugin.counters((name, help, label, labelValue, value) -> counters.put(name, value));
      assertThat(counters).isEqualTo(Map.of("grain_misses", 2.0, "grain_hits", 1.0));
    }
  }

  @Test
  void withinRefusesFilesOutsideItsFolder() throws Exception {
    Path inside = Files.createDirectory(dir.resolve("inside"));
    VmdkPluginProvider provider = new VmdkPluginProvider();
    Path disk = Files.copy(helloDisk(), inside.resolve("disk.vmdk"));
    for (String within : new String[] {".", "inside/.."}) {
      Config config = confined(disk, dir.resolve(within));
      try (Plugin plugin = provider.create(config)) {
        plugin.start(StartContext.NONE);
      }
    }
    Files.copy(helloDisk(), dir.resolve("outside.vmdk"));
    assertOutside(confined(dir.resolve("outside.vmdk"), inside));
    Config.Builder child = Config.builder(provider.parameters()).put("file", disk.toString());
    child.put("snapshot", dir.resolve("child.vmdk").toString()).put("within", inside.toString());
    assertOutside(child.build());
    assertThat(dir.resolve("child.vmdk")).doesNotExist();
  }

  private static Config confined(Path disk, Path within) throws ConfigException {
    return Config.builder(new VmdkPluginProvider().parameters())
        .put("file", disk.toString())
        .put("within", within.toString())
        .build();
  }

  private static void assertOutside(Config config) throws Exception {
    try (Plugin plugin = new VmdkPluginProvider().create(config)) {
      assertThatThrownBy(() -> plugin.start(StartContext.NONE))
          .hasMessageContaining("lies outside of ");
    }
  }

  @Test
  void withinAndDevicesExcludeEachOther() {
    VmdkPluginProvider provider = new VmdkPluginProvider();
    assertThatThrownBy(
            () ->
                provider.create(
                    Config.builder(provider.parameters())
                        .put("file", helloDisk().toString())
                        .put("within", dir.toString())
                        .put("devices", "true")
                        .build()))
        .isInstanceOf(ConfigException.class)
        .hasMessage("within= and devices=true exclude each other");
  }

  @Test
  void singleLinkIsReadOnlyAndReadWithoutItsParent() throws Exception {
    Path child = dir.resolve("child.vmdk");
    VmdkDisk.createChild(FileLocation.of(child), FileLocation.of(helloDisk()));
    VmdkPluginProvider provider = new VmdkPluginProvider();
    Config.Builder config = Config.builder(provider.parameters()).put("file", child.toString());
    try (Plugin plugin = provider.create(config.put("single-link", "true").build())) {
      plugin.start(StartContext.NONE);
      try (BlockDevice device = plugin.open(OpenRequest.detached("", false))) {
        assertThat(device.capabilities().write()).isFalse();
        byte[] bytes = new byte[512];
        device.read(ByteBuffer.wrap(bytes), 0);
        assertThat(bytes).containsOnly(0);
        Extents all = new Extents(0, 8 << 20, 100);
        device.extents(0, 8 << 20, Flags.NONE, all);
        assertThat(all.size()).isEqualTo(1);
        assertThat(all.type(0)).isEqualTo(HOLE);
      }
    }
  }

  @Test
  void extentsAreThoseOfTheDisk() throws Exception {
    try (Plugin plugin = plugin(helloDisk())) {
      plugin.start(StartContext.NONE);
      try (BlockDevice device = plugin.open(request())) {
        Extents all = new Extents(1000, 1 << 20, 100);
        device.extents(1000, 1 << 20, Flags.NONE, all);
        assertThat(all.size()).isEqualTo(2);
        assertThat(all.length(0)).isEqualTo(64536);
        assertThat(all.type(0)).isEqualTo(ExtentSink.DATA);
        assertThat(all.type(1)).isEqualTo(HOLE);
        assertThat(all.position()).isEqualTo(1000 + (1 << 20));
      }
    }
  }

  @Test
  void reqOneReportsOnlyTheFirstExtent() throws Exception {
    try (Plugin plugin = plugin(helloDisk())) {
      plugin.start(StartContext.NONE);
      try (BlockDevice device = plugin.open(request())) {
        Extents one = new Extents(0, 1 << 20, 100);
        device.extents(0, 1 << 20, Flags.REQ_ONE, one);
        assertThat(one.size()).isEqualTo(1);
        assertThat(one.length(0)).isEqualTo(65536);
      }
    }
  }

  @Test
  void missingFileIsReportedAtTheStart() throws Exception {
    try (Plugin plugin = plugin(dir.resolve("gone.vmdk"))) {
      assertThatThrownBy(() -> plugin.start(StartContext.NONE))
          .isInstanceOf(IOException.class)
          .hasMessage("file " + dir.resolve("gone.vmdk") + " does not exist");
    }
  }

  @Test
  void fileThatIsNoVmdkIsRefusedAtTheStart() throws Exception {
    Path file = Files.writeString(dir.resolve("notes.txt"), "milk, bread");
    try (Plugin plugin = plugin(file)) {
      assertThatThrownBy(() -> plugin.start(StartContext.NONE))
          .hasMessageContaining("notes.txt: holds no VMDK descriptor");
    }
  }
}
