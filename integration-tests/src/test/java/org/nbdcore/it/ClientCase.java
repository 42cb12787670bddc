package org.nbdcore.it;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What a client must see of a filter, a plugin or an option, read from a folder of client-cases:
 *
 * <pre>
 * #: before          a script of Python that runs first; may be missing
 * #: memory 1M --filter=NAME key=value
 *                    the command line; its script is the client and ends well
 * #- --filter=NAME key key=other
 *                    what is taken away, or is given another value, in turn: each time the script
 *                    must fail
 * #: after           a script that runs when the server has stopped; may be missing
 * </pre>
 *
 * @param name of its file
 * @param words the command line
 * @param takenAway options and keys, or {@code key=value} for another value
 * @param before the script that runs first, or empty
 * @param client the client's script
 * @param after the script that runs last, or empty
 */
record ClientCase(
    String name,
    List<String> words,
    List<String> takenAway,
    String before,
    String client,
    String after) {

  private static final Path FOLDER =
      Distribution.repository("integration-tests/src/test/resources/client-cases");

  /** What stands between blanks or between single quotes. */
  private static final Pattern WORD = Pattern.compile("'([^']*)'|(\\S+)");

  /** All of those in one folder. */
  static List<ClientCase> all(String folder) throws IOException {
    List<ClientCase> all = new ArrayList<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(FOLDER.resolve(folder), "*.py")) {
      for (Path file : files) {
        all.addAll(read(file));
      }
    }
    all.sort((a, b) -> a.toString().compareTo(b.toString()));
    return all;
  }

  /** What every script can use. */
  static String preamble() throws IOException {
    return Files.readString(FOLDER.resolve("preamble.txt"));
  }

  private static List<ClientCase> read(Path file) throws IOException {
    String name = file.getFileName().toString().replace(".py", "");
    List<ClientCase> cases = new ArrayList<>();
    String before = "";
    for (String section : ("\n" + Files.readString(file)).split("\n#: ")) {
      String head = section.lines().findFirst().orElse("");
      String script = section.substring(head.length());
      if (head.equals("before")) {
        before = script;
      } else if (head.equals("after")) {
        ClientCase last = cases.remove(cases.size() - 1);
        cases.add(
            new ClientCase(name, last.words, last.takenAway, last.before, last.client, script));
      } else if (!head.isBlank()) {
        List<String> taken =
            script
                .lines()
                .filter(line -> line.startsWith("#- "))
                .flatMap(line -> Stream.of(line.substring(3).split(" ")))
                .toList();
        cases.add(new ClientCase(name, split(head), taken, before, script, ""));
        before = "";
      }
    }
    return cases;
  }

  private static List<String> split(String line) {
    List<String> words = new ArrayList<>();
    Matcher matcher = WORD.matcher(line);
    while (matcher.find()) {
      words.add(matcher.group(1) == null ? matcher.group(2) : matcher.group(1));
    }
    return words;
  }

  @Override
  public String toString() {
    return name + ": " + String.join(" ", words);
  }
}
