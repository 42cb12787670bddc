package org.nbdcore.cli.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.nbdcore.log.ExceptionText;
import org.nbdcore.spi.ConfigException;
import org.nbdcore.spi.FileNames;

/**
 * Replaces each word {@code @PATH} by the lines of that file, one parameter a line. The path must
 * contain a slash, because parameters of plugins may begin with {@code @}. Blank lines and lines
 * that begin with {@code #} are ignored. A line may be an {@code @PATH} again, relative to the file
 * that contains it.
 */
final class ParameterFiles {

  /** Deeper nesting is a mistake: a file that includes itself, directly or through others. */
  private static final int DEEPEST = 32;

  private ParameterFiles() {}

  /**
   * Expands the words after the plugin's name.
   *
   * @throws ConfigException naming the file that cannot be read
   */
  static List<String> expand(List<String> words) throws ConfigException {
    if (words.stream().noneMatch(ParameterFiles::isFile)) {
      return words;
    }
    List<String> expanded = new ArrayList<>();
    for (String word : words) {
      add(word, null, 0, expanded);
    }
    return expanded;
  }

  private static boolean isFile(String word) {
    return word.startsWith("@") && word.indexOf('/') > 0;
  }

  private static void add(String word, Path container, int depth, List<String> expanded)
      throws ConfigException {
    if (!isFile(word)) {
      expanded.add(word);
      return;
    }
    String name = word.substring(1);
    if (depth == DEEPEST) {
      throw new ConfigException(
          word
              + ": parameter files are nested deeper than "
              + DEEPEST
              + "; does one include itself?");
    }
    try {
      Path path = container == null ? FileNames.absolute(name) : sibling(container, name);
      for (String line : lines(path)) {
        if (!line.isBlank() && !line.startsWith("#")) {
          add(line, path, depth + 1, expanded);
        }
      }
    } catch (InvalidPathException | IOException e) {
      throw new ConfigException(
          "cannot read the parameters of " + word + ": " + ExceptionText.of(e), e);
    }
  }

  private static Path sibling(Path container, String name) {
    return container.resolveSibling(FileNames.path(name));
  }

  /** Values may be names of files, which are bytes. */
  private static List<String> lines(Path path) throws IOException {
    String text = FileNames.decode(Files.readAllBytes(path));
    return text.lines().toList();
  }
}
