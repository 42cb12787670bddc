package org.nbdcore.cli.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nbdcore.spi.ConfigException;

class ParameterFilesTest {

  @TempDir Path folder;

  private String file(String name, String text) throws IOException {
    Path path = folder.resolve(name);
    Files.createDirectories(path.getParent());
    Files.writeString(path, text);
    return "@" + path;
  }

  @Test
  void aFileIsReplacedByItsLinesWithoutCommentsAndBlankLines() throws Exception {
    String word = file("a.txt", "# comment\n\n  \nfile=a b \r\n#file=c\n  string=x # kept");
    assertThat(ParameterFiles.expand(List.of("size=1", word, "last")))
        .containsExactly("size=1", "file=a b ", "  string=x # kept", "last");
  }

  @Test
  void aNestedFileIsRelativeToTheFileThatNamesIt() throws Exception {
    file("sub/two.txt", "two=2\n@../three.txt\n");
    file("three.txt", "three=3");
    String word = file("one.txt", "@./sub/two.txt\none=1");
    assertThat(ParameterFiles.expand(List.of(word))).containsExactly("two=2", "three=3", "one=1");
  }

  @Test
  void aWordWithoutASlashIsNoFile() throws Exception {
    List<String> words = List.of("@a.txt", "user=@/b", "a@./c", "@");
    assertThat(ParameterFiles.expand(words)).isEqualTo(words);
  }

  @Test
  void fileNamesOfAnyBytesAreRead() throws Exception {
    Path path = folder.resolve("bytes");
    Files.write(path, new byte[] {'f', '=', (byte) 0xe9});
    assertThat(ParameterFiles.expand(List.of("@" + path))).containsExactly("f=\udce9");
  }

  @Test
  void aMissingFileIsNamed() {
    assertThatThrownBy(() -> ParameterFiles.expand(List.of("@" + folder + "/none")))
        .isInstanceOf(ConfigException.class)
        .hasMessage(
            "cannot read the parameters of @%s/none: %<s/none: no such file or directory", folder);
  }

  @Test
  void aFileThatIncludesItselfIsRefused() throws Exception {
    String word = file("self.txt", "a=1\n@./self.txt");
    assertThatThrownBy(() -> ParameterFiles.expand(List.of(word)))
        .isInstanceOf(ConfigException.class)
        .hasMessage(
            "@./self.txt: parameter files are nested deeper than 32; does one include itself?");
  }
}
