package org.nbdcore.vmdk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SecureDirectoryStream;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nbdcore.testkit.vsphere.EsxFixture;

final class ConfinedFolderTest {
  private static final Set<StandardOpenOption> READ = Set.of(StandardOpenOption.READ);

  @TempDir Path dir;
  private Path inside;
  private Path outside;

  @BeforeEach
  void makeFolders() throws IOException {
    assumeTrue(FileSystems.getDefault().supportedFileAttributeViews().contains("posix"));
    inside = Files.createDirectory(dir.resolve("inside"));
    outside = Files.createDirectory(dir.resolve("outside"));
    Files.createDirectory(inside.resolve("folder"));
    Files.write(outside.resolve("secret"), new byte[64 * 512]);
  }

  private FileLocation location(String name) {
    return FileLocation.of(inside.resolve(name), inside);
  }

  private FileLocation disk(String descriptor) throws IOException {
    Files.writeString(inside.resolve("disk.vmdk"), descriptor);
    return location("disk.vmdk");
  }

  private static void assertRefused(FileLocation disk, boolean writable) {
    VmdkOptions options = VmdkOptions.defaults().withWritable(writable);
    assertThatThrownBy(() -> VmdkDisk.open(disk, options).close())
        .isInstanceOf(VmdkException.class)
        .hasMessageContaining("lies outside of")
        .hasMessageContaining("disk.vmdk");
  }

  /** Names of files outside of the folder; %s is the parent folder. */
  private static Stream<String> outsideNames() {
    return Stream.of(
        "../outside/secret",
        "folder/../../outside/secret",
        "%s/outside/secret",
        "%s/inside/../outside/secret",
        "link",
        "door/secret",
        "folder/far",
        "loop/inside/door/secret");
  }

  private void makeLinks() throws IOException {
    Files.createSymbolicLink(inside.resolve("link"), outside.resolve("secret"));
    Files.createSymbolicLink(inside.resolve("door"), Path.of("../outside"));
    Files.createSymbolicLink(inside.resolve("folder/far"), Path.of("../link"));
    Files.createSymbolicLink(inside.resolve("loop"), Path.of(".."));
  }

  @Test
  void extentsAndParentsOutsideOfTheFolderAreRefused() throws IOException {
    makeLinks();
    for (String outsideName :
        outsideNames().map(outsideName -> outsideName.replace("%s", dir.toString())).toList()) {
      String extent = SparseFixture.descriptor("custom", "RW 64 FLAT \"" + outsideName + "\" 0");
      assertRefused(disk(extent), false);
      assertRefused(disk(extent), true);
      String parent =
          EsxFixture.descriptor("11111111", "12345678", outsideName, "RW 64 FLAT \"own\" 0");
      assertRefused(disk(parent), false);
    }
    assertThat(inside.resolve("disk.vmdk.lck")).doesNotExist();
  }

  @Test
  void diskOutsideOfTheFolderIsRefused() throws IOException {
    Files.writeString(
        outside.resolve("disk.vmdk"),
        SparseFixture.descriptor("custom", "RW 64 FLAT \"secret\" 0"));
    Files.createSymbolicLink(inside.resolve("disk.vmdk"), outside.resolve("disk.vmdk"));
    assertRefused(location("disk.vmdk"), true);
    assertRefused(FileLocation.of(outside.resolve("disk.vmdk"), inside), true);
    assertThat(outside.resolve("disk.vmdk.lck")).doesNotExist();
  }

  /** Otherwise the author of a descriptor could find out which files this machine has. */
  @Test
  void messageDoesNotRevealWhetherAnOutsideFileExists() {
    String missing = failure(location("../outside/missing")).replace("missing", "secret");
    assertThat(missing).isEqualTo(failure(location("../outside/secret")));
    assertThat(failure(location("../nowhere/at/all"))).contains("lies outside of " + inside);
    assertThatThrownBy(() -> location("missing").open(false))
        .isInstanceOf(NoSuchFileException.class);
  }

  private static String failure(FileLocation location) {
    try (OpenFile file = location.open(false)) {
      return "opened " + file;
    } catch (IOException e) {
      return e.getMessage();
    }
  }

  @Test
  void disksInTheFolderAreCreatedWrittenAndRead() throws IOException {
    Path link = Files.createSymbolicLink(dir.resolve("inside-too"), inside);
    FileLocation file = FileLocation.of(link.resolve("folder/new.vmdk"), inside);
    VmdkDisk.create(file, VmdkCreateOptions.ofSize(1 << 20).withType(VmdkType.MONOLITHIC_FLAT));
    FileLocation child = FileLocation.of(inside.resolve("child.vmdk"), link);
    VmdkDisk.createChild(child, file);
    try (VmdkDisk disk = VmdkDisk.open(child, VmdkOptions.defaults().withWritable(true))) {
      disk.write(ByteBuffer.wrap(new byte[] {1, 2, 3}), 7);
      assertThat(Disks.read(disk, 6, 5)).containsExactly(0, 1, 2, 3, 0);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"../outside/new.vmdk", "door/new.vmdk", "dangling.vmdk"})
  void nothingIsCreatedOutsideOfTheFolder(String name) throws IOException {
    makeLinks();
    Files.createSymbolicLink(inside.resolve("dangling.vmdk"), outside.resolve("new.vmdk"));
    assertThatThrownBy(() -> VmdkDisk.create(location(name), VmdkCreateOptions.ofSize(1 << 20)))
        .isInstanceOf(IOException.class);
    assertThat(outside.resolve("new.vmdk")).doesNotExist();
  }

  /** An attacker may create a link between the check of the real path and the open. */
  @Test
  void linksCreatedAfterTheCheckAreNotFollowed() throws IOException {
    try (Stream<Path> files = Files.list(inside);
        var stream = Files.newDirectoryStream(inside)) {
      assumeTrue(stream instanceof SecureDirectoryStream, "needs openat");
      assertThat(files).isNotEmpty();
    }
    ConfinedFolder folder = new ConfinedFolder(inside);
    Path real = inside.toRealPath();
    Files.write(inside.resolve("folder/secret"), new byte[1]);
    Files.write(inside.resolve("file"), new byte[1]);
    folder.open(real.resolve("folder/secret"), READ).close();
    Files.delete(inside.resolve("folder/secret"));
    Files.delete(inside.resolve("folder"));
    Files.delete(inside.resolve("file"));
    Files.createSymbolicLink(inside.resolve("folder"), outside);
    Files.createSymbolicLink(inside.resolve("file"), outside.resolve("secret"));
    assertThatThrownBy(() -> folder.open(real.resolve("folder/secret"), READ))
        .isInstanceOf(IOException.class);
    assertThatThrownBy(() -> folder.open(real.resolve("file"), READ))
        .isInstanceOf(IOException.class);
    assertThat(folder.attributes(real.resolve("file")).isSymbolicLink()).isTrue();
  }

  @Test
  void openingTheFolderItselfIsRefused() {
    assertThatThrownBy(() -> location("").open(false))
        .isInstanceOf(VmdkException.class)
        .hasMessageContaining("a directory");
  }
}
