package org.nbdcore.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Commands that pages for authors show work as written. Those that create and build a project are
 * in {@link NewProjectIT} and {@link EmbeddingProjectIT}.
 */
@Tag("heavy")
class PageCommandsIT {

  /** The folders of pages with examples of plugins and filters. */
  private static final List<String> FOLDERS = List.of(".", "docs", "examples");

  /** What each command prints; a page and a part of its line name the command. */
  private static final Map<String, String> PRINTED = new LinkedHashMap<>();

  static {
    PRINTED.put("README.md|hello.vmdk", "(?s).*export-size: 8388608 \\(8M\\).*");
    PRINTED.put("README.md| hello ", "Hello, NBD world\nHello, NBD world\n");
    PRINTED.put("docs/command-line.md|memory 1G", "(?s).*export-size: 1073741824 \\(1G\\).*");
    PRINTED.put("docs/data.md|", "Hello, world!");
    PRINTED.put("docs/example1.md|", "(?s) +0 +512 +0 +data\n +512 +104857088 .*");
    PRINTED.put("docs/info.md|", "bytearray\\(b'hello'\\)\n");
    PRINTED.put("docs/java.md|", "(?s).*export-size: 1048576 \\(1M\\).*");
    PRINTED.put("docs/memory.md|", "1152921504606846976\n");
    PRINTED.put("docs/pattern.md|nbdinfo", "9223372036854775807\n");
    PRINTED.put("docs/vmdk.md|hello.vmdk", "(?s).*export-size: 8388608 \\(8M\\).*");
    PRINTED.put("docs/zero.md|", "0\n");
    PRINTED.put("examples/async-plugin/README.md|", "");
    PRINTED.put("examples/checksum-filter/README.md|", "(?s).*export-size: 67108864 \\(64M\\).*");
    PRINTED.put("examples/disks/README.md|", "(?s).*export-size: 8388608 \\(8M\\).*");
    PRINTED.put("examples/first-steps/README.md|", "(?s) +0 +512 +0 +data\n +512 +104857088 .*");
    PRINTED.put("examples/mask-filter/README.md|", "(?s) +0 +1048576 +.*");
    PRINTED.put("examples/readonly-plugin/README.md|", "(?s).*export-size: 65536 \\(64K\\).*");
    PRINTED.put("examples/readwrite-plugin/README.md|", "bytearray\\(b'UUUU'\\)\n");
  }

  /** Commands that need something that this test lacks, or that take too long. */
  private static final Pattern ELSEWHERE =
      Pattern.compile(
          "/vms/|/path/|/var/|web\\.|quay\\.io|disk\\.vmdk|vcenter\\.|https://|disk\\.img|jdbc:|target/(my-|nbd-example-kotlin)|\"\\$uri\""
              + " \"\\$uri\"|byte=0xA5|percent=40");

  private static final Pattern COMMAND =
      Pattern.compile("^(bin/)?nbd-core .*--run '.*'$", Pattern.MULTILINE);

  @RegisterExtension final Sandbox box = new Sandbox();

  /** Each command that serves a disk to another command, behind its page. */
  static List<String> commands() throws IOException {
    List<String> commands = new ArrayList<>();
    for (String page : pages()) {
      for (String block : PageShell.blocks(page)) {
        Matcher command = COMMAND.matcher(block.replace("\\\n", ""));
        while (command.find()) {
          if (!ELSEWHERE.matcher(command.group()).find()) {
            commands.add(page + "|" + command.group());
          }
        }
      }
    }
    return commands;
  }

  private static List<String> pages() throws IOException {
    List<String> pages = new ArrayList<>();
    Path root = Distribution.repository("").normalize();
    for (String folder : FOLDERS) {
      try (Stream<Path> files = Files.walk(root.resolve(folder), folder.equals(".") ? 1 : 2)) {
        files
            .map(file -> root.relativize(file.normalize()).toString())
            .filter(file -> file.endsWith(".md") && !file.contains("filters/"))
            .sorted()
            .forEach(pages::add);
      }
    }
    return pages;
  }

  @ParameterizedTest
  @MethodSource("commands")
  void commandsOfPagesPrintTheExpectedOutput(String command) throws Exception {
    String page = command.substring(0, command.indexOf('|'));
    List<String> printed =
        PRINTED.keySet().stream()
            .filter(key -> key.startsWith(page + "|") && command.contains(part(key)))
            .toList();
    assertThat(printed).as("entries of PRINTED for %s", command).hasSize(1);
    Path folder = Files.createDirectory(box.file("reader"));
    Files.createSymbolicLink(folder.resolve("bin"), Distribution.folder().resolve("bin"));
    Files.createSymbolicLink(folder.resolve("examples"), Distribution.repository("examples"));
    writeSources(page, folder);
    Ran ran =
        new PageShell(box, folder)
            .run(command.substring(page.length() + 1), Programs.TIMEOUT)
            .succeeded();
    assertThat(ran.out()).as(ran.toString()).matches(PRINTED.get(printed.get(0)));
  }

  private static String part(String key) {
    return key.substring(key.indexOf('|') + 1);
  }

  /** Saves the Java files that a page tells its reader to save. */
  private static void writeSources(String page, Path folder) throws IOException {
    Matcher block =
        Pattern.compile("```java\\n(.*?)```", Pattern.DOTALL)
            .matcher(Files.readString(Distribution.repository(page)));
    while (block.find()) {
      Matcher type = Pattern.compile("class (\\w+)").matcher(block.group(1));
      if (type.find()) {
        Files.writeString(folder.resolve(type.group(1) + ".java"), block.group(1));
      }
    }
  }

  @Test
  void eachExpectedOutputBelongsToACommand() throws IOException {
    List<String> commands = commands();
    assertThat(PRINTED.keySet())
        .allSatisfy(
            key ->
                assertThat(commands)
                    .anyMatch(
                        command ->
                            command.startsWith(key.substring(0, key.indexOf('|') + 1))
                                && command.contains(part(key))));
  }
}
