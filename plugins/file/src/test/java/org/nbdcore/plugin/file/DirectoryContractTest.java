package org.nbdcore.plugin.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nbdcore.spi.Capabilities;
import org.nbdcore.spi.Export;
import org.nbdcore.spi.OpenRequest;
import org.nbdcore.spi.Plugin;
import org.nbdcore.spi.PluginProvider;
import org.nbdcore.testkit.PluginContractTest;

final class DirectoryContractTest extends PluginContractTest {

  @TempDir Path folder;
  @TempDir Path elsewhere;

  @BeforeEach
  void makeFiles() throws IOException {
    Files.write(folder.resolve("second"), new byte[] {2});
    Files.write(folder.resolve("disk one"), new byte[5000]);
    Files.createDirectory(folder.resolve("folder"));
    Path secret = Files.write(elsewhere.resolve("linked"), new byte[] {3});
    Files.createSymbolicLink(folder.resolve("link"), secret);
    Files.createSymbolicLink(folder.resolve("dangling"), folder.resolve("nothing"));
  }

  @Override
  protected PluginProvider provider() {
    return new FileProvider();
  }

  @Override
  protected List<String> parameters() {
    return List.of("dir=" + folder);
  }

  @Override
  protected Capabilities expectedCapabilities() {
    return FileContractTest.capabilities();
  }

  @Override
  protected byte[] expectedContents() {
    return new byte[5000];
  }

  @Override
  protected String exportName() {
    return "disk one";
  }

  @Test
  void filesAndLinksToFilesAreListedByName() throws Exception {
    assertThat(startPlugin().listExports(OpenRequest.detached("", true)))
        .containsExactly(Export.of("disk one"), Export.of("link"), Export.of("second"));
  }

  @Test
  void namesThatLeaveTheDirectoryAreRefused() throws Exception {
    Plugin plugin = startPlugin();
    for (String name : List.of("../x", "/etc/passwd", "folder/x", ".", "..")) {
      assertThatThrownBy(() -> plugin.open(OpenRequest.detached(name, true)))
          .hasMessageContaining("must be the plain name of a file, not '" + name + "'");
    }
  }

  @Test
  void namesOfMissingFilesAndFoldersAreRefused() throws Exception {
    Plugin plugin = startPlugin();
    for (String name : List.of("nothing", "folder", "dangling", "a\0b")) {
      assertThatThrownBy(() -> plugin.open(OpenRequest.detached(name, true)))
          .hasMessageContaining("there is no file or block device");
    }
    assertThatThrownBy(() -> plugin.open(OpenRequest.detached("", true)))
        .hasMessageContaining("an export name is needed");
  }
}
