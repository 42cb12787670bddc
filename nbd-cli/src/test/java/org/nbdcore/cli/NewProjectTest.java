package org.nbdcore.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The files of a new project; NewProjectIT builds and runs them. */
class NewProjectTest {

  @TempDir Path folder;

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  private int run(String... arguments) {
    out.reset();
    err.reset();
    return new Cli(
            "nbd-core",
            Optional.empty(),
            Map.of(),
            new PrintStream(out, true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8))
        .run(List.of(arguments));
  }

  private void assertRefused(String message, String... arguments) {
    assertThat(run(arguments)).as(String.join(" ", arguments)).isEqualTo(1);
    assertThat(err.toString(StandardCharsets.UTF_8))
        .isEqualTo("nbd-core: error: " + message + "\n");
  }

  private List<String> filesOf(Path project) throws IOException {
    try (var files = Files.walk(project)) {
      return files
          .filter(Files::isRegularFile)
          .map(file -> project.relativize(file).toString())
          .sorted()
          .toList();
    }
  }

  @Test
  void aPluginHasAPomAProviderADeviceAServiceFileAndATest() throws IOException {
    Path project = folder.resolve("new/disk");
    assertThat(run("new-plugin", "my-disk2", project.toString())).isZero();
    assertThat(filesOf(project))
        .containsExactly(
            ".gitignore",
            "README.md",
            "pom.xml",
            "src/main/java/com/example/MyDisk2Device.java",
            "src/main/java/com/example/MyDisk2Plugin.java",
            "src/main/java/com/example/MyDisk2Provider.java",
            "src/main/resources/META-INF/services/org.nbdcore.spi.PluginProvider",
            "src/test/java/com/example/MyDisk2Test.java");
    assertThat(
            project.resolve("src/main/resources/META-INF/services/org.nbdcore.spi.PluginProvider"))
        .hasContent("com.example.MyDisk2Provider");
    assertThat(out.toString(StandardCharsets.UTF_8).lines())
        .containsExactly(
            "created the plugin my-disk2 in " + project + "; next:",
            "  cd " + project,
            "  mvn package",
            "  nbd-core target/my-disk2-1.0-SNAPSHOT.jar 64M --run 'nbd-info \"$uri\"'");
  }

  @Test
  void aFilterHasAFilterClassAndItsServiceFile() throws IOException {
    Path project = folder.resolve("lens");
    assertThat(run("new-filter", "lens", project.toString())).isZero();
    assertThat(filesOf(project))
        .contains(
            "src/main/java/com/example/LensFilter.java",
            "src/main/resources/META-INF/services/org.nbdcore.spi.FilterProvider");
    assertThat(out.toString(StandardCharsets.UTF_8))
        .contains("nbd-core memory 64M --filter=target/lens-1.0-SNAPSHOT.jar");
  }

  @Test
  void noPlaceholderIsLeft() throws IOException {
    for (String kind : List.of("new-plugin", "new-filter")) {
      Path project = folder.resolve(kind);
      assertThat(run(kind, "disk", project.toString())).isZero();
      for (String file : filesOf(project)) {
        assertThat(Files.readString(project.resolve(file)))
            .as(file)
            .doesNotContainPattern("@(name|Class|version|spi)@");
      }
    }
  }

  @Test
  void existingFilesAndFoldersAreNotChanged() throws IOException {
    Path file = Files.writeString(folder.resolve("notes"), "keep");
    assertRefused(
        "'" + file + "' exists; name a folder that does not exist",
        "new-plugin",
        "disk",
        file.toString());
    assertRefused(
        "'" + folder + "' exists; name a folder that does not exist",
        "new-filter",
        "lens",
        folder.toString());
    assertThat(file).hasContent("keep");
    assertThat(filesOf(folder)).containsExactly("notes");
  }

  @Test
  void invalidProjectNamesAreRefused() {
    String dir = folder.resolve("x").toString();
    for (String name : List.of("", "My", "2disk", "a_b", "-a", "a/b", "ä")) {
      assertRefused(
          "the name must consist of letters a-z, digits and dashes and begin with a letter, not '"
              + name
              + "'",
          "--",
          "new-plugin",
          name,
          dir);
    }
    assertRefused("nbd-core has a plugin 'ram'; choose another name", "new-plugin", "ram", dir);
    assertRefused("nbd-core has a filter 'shade'; choose another name", "new-filter", "shade", dir);
    assertRefused(
        "'block' conflicts with a class of the SPI; choose another name",
        "new-plugin",
        "block",
        dir);
    assertThat(folder.resolve("x")).doesNotExist();
  }

  @Test
  void withoutNameAndFolderTheUsageIsShown() {
    String usage =
        "new-plugin needs a name and a folder that does not exist: nbd-core new-plugin NAME DIR";
    assertRefused(usage, "new-plugin");
    assertRefused(usage, "new-plugin", "disk");
    assertRefused(usage, "new-plugin", "disk", "a", "b");
    assertThat(run("new-plugin", "--help")).isZero();
    assertThat(out.toString(StandardCharsets.UTF_8)).contains("nbd-core new-plugin NAME DIR");
  }
}
