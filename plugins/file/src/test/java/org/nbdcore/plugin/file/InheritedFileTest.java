package org.nbdcore.plugin.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.Export;
import org.nbdcore.spi.Flags;
import org.nbdcore.spi.OpenRequest;
import org.nbdcore.spi.Plugin;
import org.nbdcore.system.FileCalls;
import org.nbdcore.testkit.Configs;

@EnabledOnOs(OS.LINUX)
final class InheritedFileTest {

  @TempDir private Path folder;

  private static Plugin plugin(String word) throws Exception {
    FileProvider provider = new FileProvider();
    return provider.create(Configs.of(provider.parameters(), word));
  }

  private static int descriptor(Path path, int flags) {
    byte[] name = (path + "\0").getBytes(StandardCharsets.UTF_8);
    return FileCalls.open(name, flags | FileCalls.O_CLOEXEC);
  }

  @Test
  void deletedFileOnAnInheritedDescriptorIsServed() throws Exception {
    Path file = Files.writeString(folder.resolve("disk"), "x".repeat(4096));
    int descriptor = descriptor(file, FileCalls.O_RDWR);
    try (Plugin plugin = plugin("fd=" + descriptor)) {
      Files.delete(file);
      try (BlockDevice one = plugin.open(OpenRequest.detached("any", false));
          BlockDevice other = plugin.open(OpenRequest.detached("", true))) {
        assertThat(one.size()).isEqualTo(4096);
        one.write(ByteBuffer.wrap(new byte[] {7}), 100, Flags.NONE);
        one.zero(1024, 2048, Flags.NONE);
        ByteBuffer read = ByteBuffer.allocate(2);
        other.read(read, 100);
        assertThat(read.array()).containsExactly(7, 'x');
        assertThat(other.capabilities().write()).isFalse();
      }
    } finally {
      FileCalls.close(descriptor);
    }
  }

  @Test
  void readOnlyDescriptorIsServedReadOnly() throws Exception {
    Path file = Files.writeString(folder.resolve("disk"), "x".repeat(512));
    int descriptor = descriptor(file, FileCalls.O_RDONLY);
    try (Plugin plugin = plugin("fd=" + descriptor);
        BlockDevice device = plugin.open(OpenRequest.detached("", false))) {
      assertThat(device.capabilities().write()).isFalse();
    } finally {
      FileCalls.close(descriptor);
    }
  }

  @Test
  void filesOfAnInheritedDirectoryAreServed() throws Exception {
    Files.writeString(folder.resolve("one"), "1");
    int descriptor = descriptor(folder, FileCalls.O_RDONLY);
    try (Plugin plugin = plugin("dirfd=" + descriptor)) {
      assertThat(plugin.listExports(OpenRequest.detached("", true)))
          .containsExactly(Export.of("one"));
      try (BlockDevice device = plugin.open(OpenRequest.detached("one", false))) {
        assertThat(device.size()).isEqualTo(1);
        assertThat(device.capabilities().write()).isTrue();
      }
    } finally {
      FileCalls.close(descriptor);
    }
  }

  @Test
  void errorNamesAnUnusableDescriptor() throws Exception {
    assertThatThrownBy(() -> plugin("fd=54321")).hasMessageContaining("fd 54321 is not open");
    assertThatThrownBy(() -> plugin("fd=2")).hasMessageContaining("from 3 to");
    int descriptor = descriptor(folder, FileCalls.O_RDONLY);
    try {
      assertThatThrownBy(() -> plugin("fd=" + descriptor)).hasMessageContaining("is a directory");
    } finally {
      FileCalls.close(descriptor);
    }
  }
}
