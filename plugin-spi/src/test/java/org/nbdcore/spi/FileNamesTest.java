package org.nbdcore.spi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileNamesTest {

  private static final byte[] LATIN1 = "größe".getBytes(StandardCharsets.ISO_8859_1);

  @TempDir Path folder;

  @Test
  void anyBytesAreDecodedAndEncodedAgain() {
    long seed = 20_26L;
    Random random = new Random(seed);
    for (int i = 0; i < 20_000; i++) {
      byte[] name = new byte[random.nextInt(12)];
      random.nextBytes(name);
      assertThat(FileNames.encode(FileNames.decode(name)))
          .as("seed %d, %d", seed, i)
          .isEqualTo(name);
    }
  }

  @Test
  void validUtf8IsUnchangedAndInvalidUtf8IsEscaped() {
    for (String text : new String[] {"", "a", "größe", "東京", "\ud83d\ude00\ud83d\udc80 x"}) {
      byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
      assertThat(FileNames.decode(bytes)).isEqualTo(text);
      assertThat(FileNames.encode(text)).isEqualTo(bytes);
      assertThat(FileNames.hasInvalidUtf8(text)).isFalse();
    }
    assertThat(FileNames.decode(LATIN1)).isEqualTo("gr\udcf6\udcdfe");
    assertThat(FileNames.hasInvalidUtf8(FileNames.decode(LATIN1))).isTrue();
  }

  @Test
  void filesWithInvalidUtf8NamesAreCreatedAndFound() throws Exception {
    String name = folder.toRealPath() + "/" + FileNames.decode(LATIN1);
    Path path = FileNames.path(name);
    Files.writeString(path, "x");
    try (Stream<Path> files = Files.list(folder.toRealPath())) {
      Path found = files.findFirst().orElseThrow();
      assertThat(found).isEqualTo(path);
      assertThat(FileNames.text(found)).isEqualTo(name);
      assertThat(FileNames.text(found.getFileName())).isEqualTo(FileNames.decode(LATIN1));
    }
    Path below = FileNames.path(name + ".d");
    Files.createDirectory(below);
    assertThat(FileNames.text(below)).isEqualTo(name + ".d");
  }

  @Test
  void relativeNamesStayRelative() {
    Path path = FileNames.path("a/" + FileNames.decode(LATIN1));
    assertThat(path.isAbsolute()).isFalse();
    assertThat(path.getNameCount()).isEqualTo(2);
    assertThat(FileNames.text(path)).isEqualTo("a/" + FileNames.decode(LATIN1));
    assertThat(FileNames.absolute("a%20b")).isEqualTo(Path.of("a%20b").toAbsolutePath());
  }

  /** If {@code a} is a symbolic link, {@code a/..} is not the folder that contains {@code a}. */
  @Test
  void parentStepsAreNotResolved() throws Exception {
    String bytes = FileNames.decode(LATIN1);
    for (String name : new String[] {"../" + bytes, "../../a/" + bytes, "a/../" + bytes}) {
      assertThat(FileNames.text(FileNames.path(name))).isEqualTo(name);
      String absolute = folder.toRealPath() + "/" + name;
      assertThat(FileNames.text(FileNames.path(absolute))).isEqualTo(absolute);
    }
  }

  @Test
  void namesWithANulByteAreRefused() {
    assertThatThrownBy(() -> FileNames.path("a\0b")).isInstanceOf(InvalidPathException.class);
  }
}
