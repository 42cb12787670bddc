package org.nbdcore.vmdk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Devices and kernel files that a descriptor names although the user has not allowed devices. */
final class DescriptorDevicesTest {
  @TempDir Path dir;

  private Path diskWithExtent(String path) throws IOException {
    String extent = "RW 1 FLAT \"" + path + "\" 0";
    return Files.writeString(dir.resolve("disk.vmdk"), SparseFixture.descriptor("custom", extent));
  }

  private Path childOf(String path) throws IOException {
    String text = SparseFixture.descriptor("custom", "RDONLY 1 ZERO");
    String parent = "parentCID=12345678\nparentFileNameHint=\"" + path + "\"";
    return Files.writeString(dir.resolve("disk.vmdk"), text.replace("parentCID=ffffffff", parent));
  }

  @ParameterizedTest
  @ValueSource(strings = {"/proc/version", "/proc/self/../version", "link", "folder/version"})
  void descriptorCannotNameFileOfTheKernel(String name) throws IOException {
    assumeTrue(Files.exists(Path.of("/proc/version")));
    Files.createSymbolicLink(dir.resolve("link"), Path.of("/proc/version"));
    Files.createSymbolicLink(dir.resolve("folder"), Path.of("/proc"));
    for (Path disk : new Path[] {diskWithExtent(name), childOf(name)}) {
      assertThatThrownBy(() -> VmdkDisk.open(disk))
          .isInstanceOf(VmdkException.class)
          .hasMessageContaining(": lies in /proc, so it is not a disk; a descriptor may name")
          .hasMessageContaining("only with devices=true (plugin vmdk)")
          .hasMessageEndingWith("of " + disk + ")");
    }
  }

  @Test
  void descriptorCannotNameDevice() throws IOException {
    Path device = device();
    for (Path disk : new Path[] {diskWithExtent(device.toString()), childOf(device.toString())}) {
      assertThatThrownBy(() -> VmdkDisk.open(disk))
          .isInstanceOf(VmdkException.class)
          .hasMessageStartingWith(device + ": is a block device; a descriptor may name it only")
          .hasMessageEndingWith("of " + disk + ")");
    }
  }

  /** The user of the test may lack the permission to open the device. */
  @Test
  void devicesAreOpenedIfAllowed() throws IOException {
    assertThat(resultOfOpen(diskWithExtent(device().toString()))).doesNotContain("devices=true");
    assumeTrue(Files.exists(Path.of("/proc/version")));
    assertThat(resultOfOpen(diskWithExtent("/proc/version")))
        .contains("/proc/version: the size is 0 bytes");
  }

  private static String resultOfOpen(Path disk) {
    try (VmdkDisk opened = VmdkDisk.open(FileLocation.withDevices(disk), VmdkOptions.defaults())) {
      return "a disk of " + opened.size() + " bytes";
    } catch (IOException e) {
      return e.toString();
    }
  }

  /** The child would name the device as its parent, so it could not be opened. */
  @Test
  void childOfADeviceIsNotCreatedUnlessAllowed() throws IOException {
    FileLocation child = FileLocation.of(dir.resolve("child.vmdk"));
    FileLocation parent = FileLocation.of(device());
    assertThatThrownBy(() -> VmdkDisk.createChild(child, parent))
        .hasMessageContaining("is a block device; a descriptor may name it only");
    assertThat(dir.resolve("child.vmdk")).doesNotExist();
  }

  private static Path device() throws IOException {
    Path found = null;
    if (Files.isDirectory(Path.of("/dev"))) {
      try (DirectoryStream<Path> all = Files.newDirectoryStream(Path.of("/dev"))) {
        for (Path each : all) {
          found = found == null && isDevice(each) ? each : found;
        }
      }
    }
    assumeTrue(found != null, "this system has no block device");
    return found;
  }

  private static boolean isDevice(Path path) throws IOException {
    return Files.exists(path)
        && !Files.isSymbolicLink(path)
        && ((Integer) Files.getAttribute(path, "unix:mode") & 0170000) == 0060000;
  }
}
