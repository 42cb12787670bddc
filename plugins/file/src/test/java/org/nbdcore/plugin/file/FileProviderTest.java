package org.nbdcore.plugin.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.ConfigException;
import org.nbdcore.spi.OpenRequest;
import org.nbdcore.spi.Plugin;
import org.nbdcore.testkit.Configs;

final class FileProviderTest {

  @TempDir Path folder;

  private static AbstractThrowableAssert<?, ?> assertRefused(String... arguments) {
    FileProvider provider = new FileProvider();
    return assertThatThrownBy(() -> provider.create(Configs.of(provider.parameters(), arguments)))
        .isInstanceOf(ConfigException.class);
  }

  @Test
  void exactlyOneOfFileAndDirIsRequired() throws Exception {
    Path file = Files.createFile(folder.resolve("f"));
    assertRefused()
        .hasMessage("exactly one of file=PATH, dir=PATH, fd=N and dirfd=N must be given");
    assertRefused("file=" + file, "dir=" + folder).hasMessageContaining("exactly one");
  }

  @Test
  void directoryIsAnotherNameOfDir() throws Exception {
    Files.write(folder.resolve("disk"), new byte[4096]);
    FileProvider provider = new FileProvider();
    try (Plugin plugin = provider.create(Configs.of(provider.parameters(), "directory=" + folder));
        BlockDevice device = plugin.open(OpenRequest.detached("disk", true))) {
      assertThat(device.size()).isEqualTo(4096);
    }
    assertRefused("dir=" + folder, "directory=" + folder).hasMessageContaining("exactly one");
  }

  @Test
  void errorNamesAMissingFileOrAWrongType() throws Exception {
    Path file = Files.createFile(folder.resolve("f"));
    Path no = folder.resolve("no");
    assertRefused("file=" + no).hasMessage("file " + no + " does not exist");
    assertRefused("file=" + folder).hasMessageContaining("use dir=" + folder);
    assertRefused("dir=" + no).hasMessage("dir " + no + " does not exist");
    assertRefused("dir=" + file).hasMessage("dir " + file + " must be a directory");
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void characterDeviceIsRefused() {
    assertRefused("file=/dev/null").hasMessage("file /dev/null must be a file or a block device");
  }
}
