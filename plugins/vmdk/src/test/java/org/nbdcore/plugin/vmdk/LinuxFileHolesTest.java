package org.nbdcore.plugin.vmdk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.channels.ClosedChannelException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
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
  private Path fileWithHoles(String name) throws IOException {
    Path file = dir.resolve(name);
    try (RandomAccessFile access = new RandomAccessFile(file.toFile(), "rw")) {
      access.setLength(4 * MIB);
      access.seek(MIB);
      access.write(new byte[MIB]);
    }
    return file;
  }

  @Test
  void dataAndHolesOfAFileAreFound() throws IOException {
    try (FileHoles holes = new LinuxFileHoles(fileWithHoles("a file"), false)) {
      assertThat(holes.nextData(0)).isEqualTo(MIB);
      assertThat(holes.nextData(MIB + 5)).isEqualTo(MIB + 5);
      assertThat(holes.nextHole(MIB + 5)).isEqualTo(2 * MIB);
      assertThat(holes.nextData(2 * MIB)).isEqualTo(FileHoles.NO_MORE_DATA);
      assertThat(holes.nextHole(3 * MIB)).isEqualTo(3 * MIB);
    }
  }

  @Test
  void fileThatCannotBeOpenedIsAllData() throws IOException {
    try (FileHoles holes = new LinuxFileHoles(dir.resolve("gone"), false)) {
      assertThat(holes.nextData(17)).isEqualTo(17);
      assertThat(holes.nextHole(17)).isEqualTo(Long.MAX_VALUE);
    }
  }

  @Test
  void closedDescriptorIsNotUsed() throws IOException {
    FileHoles holes = new LinuxFileHoles(fileWithHoles("f"), false);
    assertThat(holes.nextData(0)).isEqualTo(MIB);
    holes.close();
    holes.close();
    assertThatThrownBy(() -> holes.nextData(0)).isInstanceOf(ClosedChannelException.class);
  }

  @Test
  void punchMakesAHoleInTheFile() throws IOException {
    Path file = fileWithHoles("f");
    byte[] data = new byte[MIB];
    Arrays.fill(data, (byte) 7);
    try (RandomAccessFile access = new RandomAccessFile(file.toFile(), "rw");
        FileHoles holes = new LinuxFileHoles(file, true)) {
      access.seek(MIB);
      access.write(data);
      assertThat(holes.canPunch()).isTrue();
      holes.punch(MIB, MIB / 2);
      assertThat(holes.nextData(MIB)).isEqualTo(MIB + MIB / 2);
      access.seek(MIB);
      byte[] now = new byte[MIB];
      access.readFully(now);
      Arrays.fill(data, 0, MIB / 2, (byte) 0);
      assertThat(now).isEqualTo(data);
      assertThat(access.length()).isEqualTo(4 * MIB);
    }
  }

  @Test
  void readOnlyFileCannotBePunched() throws IOException {
    try (FileHoles holes = new LinuxFileHoles(fileWithHoles("f"), false)) {
      assertThat(holes.canPunch()).isFalse();
    }
  }

  @Test
  void zeroAndTrimOfAFlatDiskFreeStorage() throws Exception {
    Path flat = fileWithHoles("d-flat.vmdk");
    Files.write(flat, filled(4 * MIB));
    try (Plugin plugin = plugin()) {
      plugin.start(StartContext.NONE);
      try (BlockDevice device = plugin.open(OpenRequest.detached("", false))) {
        assertThat(allocated(flat)).isEqualTo(4 * MIB);
        device.zero(MIB, MIB, Flags.MAY_TRIM.with(Flags.FAST_ZERO));
        assertThat(allocated(flat)).isEqualTo(3 * MIB);
        device.trim(3 * MIB, MIB, Flags.FUA);
        assertThat(allocated(flat)).isEqualTo(2 * MIB);
        device.zero(3 * MIB, MIB, Flags.NONE); // without MAY_TRIM it stays allocated
        assertThat(allocated(flat)).isEqualTo(3 * MIB);
      }
    }
    byte[] expected = filled(4 * MIB);
    Arrays.fill(expected, MIB, 2 * MIB, (byte) 0);
    Arrays.fill(expected, 3 * MIB, 4 * MIB, (byte) 0);
    assertThat(Files.readAllBytes(flat)).isEqualTo(expected);
  }

  private static byte[] filled(int length) {
    byte[] bytes = new byte[length];
    Arrays.fill(bytes, (byte) 7);
    return bytes;
  }

  /** The sum of the file's data, by its holes. */
  private static long allocated(Path file) throws IOException {
    long sum = 0;
    try (FileHoles holes = new LinuxFileHoles(file, false)) {
      long size = Files.size(file);
      long at = holes.nextData(0);
      while (at < size) {
        long hole = holes.nextHole(at);
        sum += hole - at;
        at = hole < size ? holes.nextData(hole) : size;
      }
    }
    return sum;
  }

  @Test
  void holesOfFlatExtentsReachTheClient() throws Exception {
    fileWithHoles("d-flat.vmdk");
    try (Plugin plugin = plugin()) {
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

  /** A plugin with a descriptor for {@code d-flat.vmdk}. */
  private Plugin plugin() throws Exception {
    String text = "# Disk DescriptorFile\nversion=1\nCID=1\nRW 8192 FLAT \"d-flat.vmdk\" 0\n";
    Path descriptor = Files.writeString(dir.resolve("d.vmdk"), text);
    VmdkPluginProvider provider = new VmdkPluginProvider();
    Config config =
        Config.builder(provider.parameters()).put("file", descriptor.toString()).build();
    return provider.create(config);
  }
}
