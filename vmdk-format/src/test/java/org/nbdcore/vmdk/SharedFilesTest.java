package org.nbdcore.vmdk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Descriptors that name a file more than once: one extent would overwrite the other. */
final class SharedFilesTest {
  private static final VmdkOptions WRITABLE = VmdkOptions.defaults().withWritable(true);

  private final SimulatedFiles files = new SimulatedFiles();

  private FileLocation disk(String... extents) throws IOException {
    files.put("sparse", SparseFixture.monolithic(64).grain(1, 0x11).build());
    files.put("flat", new byte[64 * 512]);
    String text = SparseFixture.descriptor("custom", extents);
    files.put(WritableKind.NAME, text.getBytes(StandardCharsets.UTF_8));
    return files.at(WritableKind.NAME);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "RW 64 SPARSE \"sparse\"|RW 64 SPARSE \"sparse\"",
        "RW 64 SPARSE \"sparse\"|RW 8 FLAT \"sparse\" 0",
        "RW 8 FLAT \"sparse\" 0|RW 64 SPARSE \"sparse\""
      })
  void growingExtentMustNotShareItsFile(String extents) throws IOException {
    FileLocation disk = disk(extents.split("\\|"));
    assertThatThrownBy(() -> VmdkDisk.open(disk, WRITABLE))
        .isInstanceOf(ReadOnlyDiskException.class)
        .hasMessage("disk.vmdk: names sparse more than once, so it cannot be written");
    VmdkDisk.open(disk, VmdkOptions.defaults()).close();
  }

  @Test
  void descriptorThatIsItsOwnExtentIsNotWritable() throws IOException {
    FileLocation disk = disk("RW 1 FLAT \"disk.vmdk\" 0", "# " + "room ".repeat(100));
    assertThatThrownBy(() -> VmdkDisk.open(disk, WRITABLE))
        .isInstanceOf(ReadOnlyDiskException.class)
        .hasMessage("disk.vmdk: is one of its own extents, so it cannot be written");
  }

  @Test
  void flatExtentsMayShareTheirFile() throws IOException {
    FileLocation disk = disk("RW 8 FLAT \"flat\" 0", "RW 8 FLAT \"flat\" 8");
    byte[] bytes = new byte[8192];
    Arrays.fill(bytes, (byte) 7);
    try (VmdkDisk open = VmdkDisk.open(disk, WRITABLE)) {
      open.write(ByteBuffer.wrap(bytes), 0);
      assertThat(Disks.readAll(open)).isEqualTo(bytes);
    }
  }

  @Test
  void hardLinksToOneFileAreRecognised(@TempDir Path dir) throws IOException {
    Path file = dir.resolve("a.vmdk");
    Files.write(file, SparseFixture.monolithic(64).grain(1, 0x11).build());
    Files.createLink(dir.resolve("b.vmdk"), file);
    String text =
        SparseFixture.descriptor("custom", "RW 64 SPARSE \"a.vmdk\"", "RW 64 SPARSE \"b.vmdk\"");
    Path disk = Files.writeString(dir.resolve(WritableKind.NAME), text);
    assertThatThrownBy(() -> VmdkDisk.open(FileLocation.of(disk), WRITABLE))
        .isInstanceOf(ReadOnlyDiskException.class)
        .hasMessageContaining("a.vmdk more than once");
  }
}
