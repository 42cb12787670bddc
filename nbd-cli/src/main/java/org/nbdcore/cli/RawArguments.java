package org.nbdcore.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.nbdcore.spi.FileNames;

/**
 * The words of the command line as they were typed. Java decodes them, and replaces bytes that are
 * not of the locale's encoding; Linux still has those.
 */
final class RawArguments {

  private static final char REPLACEMENT = '\ufffd';

  private RawArguments() {}

  /** The words that Java has decoded, with the bytes that it has replaced. */
  static List<String> of(String[] decoded) {
    for (String word : decoded) {
      if (word.indexOf(REPLACEMENT) >= 0) {
        return found(decoded);
      }
    }
    return List.of(decoded);
  }

  private static List<String> found(String[] decoded) {
    try {
      List<byte[]> all = split(Files.readAllBytes(Path.of("/proc/self/cmdline")));
      List<String> words = new ArrayList<>();
      for (byte[] word : all.subList(all.size() - decoded.length, all.size())) {
        words.add(FileNames.decode(word));
      }
      return words;
    } catch (IOException | IndexOutOfBoundsException e) {
      return List.of(decoded); // another system, or not this process's own words
    }
  }

  /** The words of a command line, each of which ends with a NUL. */
  static List<byte[]> split(byte[] line) {
    List<byte[]> words = new ArrayList<>();
    int start = 0;
    for (int i = 0; i < line.length; i++) {
      if (line[i] == 0) {
        words.add(Arrays.copyOfRange(line, start, i));
        start = i + 1;
      }
    }
    return words;
  }
}
