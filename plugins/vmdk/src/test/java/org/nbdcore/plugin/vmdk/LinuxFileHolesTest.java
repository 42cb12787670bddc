package org.nbdcore.plugin.vmdk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.channels.ClosedChannelException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.Config;
import org.nbdcore.spi.ExtentSink;
import org.nbdcore.spi.Extents;
import org.nbdcore.spi.Flags;
import org.nbdcore.spi.OpenRequest;
import org.nbdcore.spi.Plugin;
import org.nbdcore.spi.StartContext;
import org.nbdcore.vmdk.FileHoles;
import org.nbdcore.vmdk.LinuxFileHoles;

@EnabledOnOs(OS.LINUX)
final class LinuxFileHolesTest {
  private static final int MIB = 1 << 20;

  @TempDir Path dir;

  /** 4 MiB, of which the second is data. */
  private Path holey(String name) throws IOException {
    Path file = dir.resolve(name);
    try (RandomAccessFile access = new RandomAccessFile(file.toFile(), "rw")) {
      access.setLength(4 * MIB);
      access.seek(MIB);
      access.write(new byte[MIB]);
    }
    return file;
  }

  @Test
  void tellsDataFromHoles() throws IOException {
    try (FileHoles holes = new LinuxFileHoles(holey("a file"))) {
      assertThat(holes.nextData(0)).isEqualTo(MIB);
      assertThat(holes.nextData(MIB + 5)).isEqualTo(MIB + 5);
      assertThat(holes.nextHole(MIB + 5)).isEqualTo(2 * MIB);
      assertThat(holes.nextData(2 * MIB)).isEqualTo(FileHoles.NO_MORE_DATA);
      assertThat(holes.nextHole(3 * MIB)).isEqualTo(3 * MIB);
    }
  }

  @Test
  void aFileThatCannotBeOpenedIsDataThroughout() throws IOException {
    try (FileHoles holes = new LinuxFileHoles(dir.resolve("gone"))) {
      assertThat(holes.nextData(17)).isEqualTo(17);
      assertThat(holes.nextHole(17)).isEqualTo(Long.MAX_VALUE);
    }
  }

  @Test
  void nothingIsAskedOfAClosedDescriptor() throws IOException {
    FileHoles holes = new LinuxFileHoles(holey("f"));
    assertThat(holes.nextData(0)).isEqualTo(MIB);
    holes.close();
    holes.close();
    assertThatThrownBy(() -> holes.nextData(0)).isInstanceOf(ClosedChannelException.class);
  }

  @Test
  void holesOfFlatExtentsReachTheClient() throws Exception {
    holey("d-flat.vmdk");
    String text = "# Disk DescriptorFile\nversion=1\nCID=1\nRW 8192 FLAT \"d-flat.vmdk\" 0\n";
    Path descriptor = Files.writeString(dir.resolve("d.vmdk"), text);
    VmdkPluginProvider provider = new VmdkPluginProvider();
    Config config =
        Config.builder(provider.parameters()).put("file", descriptor.toString()).build();
    try (Plugin plugin = provider.create(config)) {
      plugin.start(StartContext.NONE);
      try (BlockDevice device = plugin.open(OpenRequest.detached("", true))) {
        Extents extents = new Extents(0, 4 * MIB, 100);
        device.extents(0, 4 * MIB, Flags.NONE, extents);
        assertThat(extents.size()).isEqualTo(3);
        assertThat(extents.length(0)).isEqualTo(MIB);
        assertThat(extents.type(0)).isEqualTo(ExtentSink.HOLE | ExtentSink.ZERO);
        assertThat(extents.length(1)).isEqualTo(MIB);
        assertThat(extents.type(1)).isEqualTo(ExtentSink.DATA);
        assertThat(extents.length(2)).isEqualTo(2 * MIB);
      }
    }
  }
}
