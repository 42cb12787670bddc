package org.nbdcore.vmdk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.NonWritableChannelException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("newest")
final class DataFileTest {
  @TempDir Path dir;

  private Path path(String name) {
    return dir.resolve(name);
  }

  private static ByteBuffer bytes(int... values) {
    ByteBuffer buffer = ByteBuffer.allocate(values.length);
    for (int value : values) {
      buffer.put((byte) value);
    }
    return buffer.flip();
  }

  @Test
  void writtenBytesAreReadBackAndTheSizeIsUpdated() throws IOException {
    try (OpenFile file = FileLocation.of(path("new")).create()) {
      assertThat(file.size()).isZero();
      ByteBuffer source = bytes(1, 2, 3, 4);
      file.write(source.position(1), 2, 10);
      assertThat(source.position()).isEqualTo(3);
      assertThat(source.limit()).isEqualTo(4);
      assertThat(file.size()).isEqualTo(12);
      ByteBuffer read = ByteBuffer.allocate(8);
      file.read(read, 3, 9);
      assertThat(read.flip()).isEqualTo(bytes(0, 2, 3));
      file.truncate(11);
      assertThat(file.size()).isEqualTo(11);
      file.truncate(100);
      assertThat(file.size()).isEqualTo(100);
      file.force(true);
      file.force(false);
    }
    assertThat(path("new")).hasSize(100);
  }

  @Test
  void writeToAFileOpenedForReadingIsRefused() throws IOException {
    Files.write(path("old"), new byte[4]);
    try (OpenFile file = FileLocation.of(path("old")).open(false)) {
      assertThatThrownBy(() -> file.write(bytes(1), 1, 0))
          .isInstanceOf(NonWritableChannelException.class);
    }
  }

  @Test
  void createRequiresNoFileAndOpenRequiresOne() throws IOException {
    FileLocation location = FileLocation.of(path("it"));
    assertThat(location.exists()).isFalse();
    assertThatThrownBy(() -> location.open(true)).isInstanceOf(NoSuchFileException.class);
    location.create().close();
    assertThat(location.exists()).isTrue();
    assertThatThrownBy(location::create).isInstanceOf(FileAlreadyExistsException.class);
    location.delete();
    assertThat(location.exists()).isFalse();
  }

  @Test
  void fileIsStillWritableAfterAnInterruptedWrite() throws IOException {
    try (OpenFile file = FileLocation.of(path("new")).create()) {
      Thread.currentThread().interrupt();
      assertThatThrownBy(() -> file.write(bytes(1), 1, 0))
          .isInstanceOf(ClosedByInterruptException.class);
      assertThat(Thread.interrupted()).isTrue();
      file.force(false);
      file.write(bytes(7, 8), 2, 0);
      file.truncate(1);
    }
    assertThat(path("new")).hasBinaryContent(new byte[] {7});
  }

  @Test
  void filesOutsideOfTheAllowedFolderAreNotOpenedCreatedOrDeleted() throws IOException {
    Path inside = Files.createDirectory(path("inside"));
    Files.write(path("secret"), new byte[4]);
    Files.write(inside.resolve("disk"), new byte[4]);
    FileLocation disk = FileLocation.of(inside.resolve("disk"), inside);
    disk.open(false).close();
    assertOutside(disk.sibling("../secret"));
    assertOutside(disk.sibling(path("secret").toString()));
    assertThatThrownBy(() -> disk.sibling("../new").create()).hasMessageContaining("lies outside");
    assertThatThrownBy(() -> disk.sibling("../secret").delete())
        .hasMessageContaining("lies outside");
    assertThat(path("secret")).exists();
    assertThat(path("new")).doesNotExist();
  }

  @Test
  void aLinkThatLeavesTheAllowedFolderIsNotFollowed() throws IOException {
    assumeTrue(FileSystems.getDefault().supportedFileAttributeViews().contains("posix"));
    Path inside = Files.createDirectory(path("inside"));
    Files.write(path("secret"), new byte[4]);
    Files.createSymbolicLink(inside.resolve("link"), path("secret"));
    Files.createSymbolicLink(path("door"), inside);
    assertOutside(FileLocation.of(inside.resolve("link"), inside));
    Files.write(inside.resolve("disk"), new byte[4]);
    FileLocation.of(path("door").resolve("disk"), inside).open(false).close();
  }

  private void assertOutside(FileLocation location) {
    assertThatThrownBy(() -> location.open(false))
        .isInstanceOf(VmdkException.class)
        .hasMessageContaining(location + ": lies outside of " + path("inside"));
  }
}
