package org.nbdcore.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Runs the commands of pages as a reader does: in a shell, with nbd-core in the path. */
final class PageShell {

  private static final String INDENT = "    ";

  private final Sandbox box;
  private final Path folder;
  private Path tools;

  /**
   * A shell.
   *
   * @param folder where the commands run; it exists
   */
  PageShell(Sandbox box, Path folder) {
    this.box = box;
    this.folder = folder;
  }

  /** Puts Maven into the path, too. */
  PageShell with(ScratchMaven maven) throws IOException {
    tools = maven.script();
    return this;
  }

  /** The blocks of commands of a page, each with its lines; a page names others with links. */
  static List<String> blocks(String page) throws IOException {
    List<String> blocks = new ArrayList<>();
    StringBuilder block = new StringBuilder();
    boolean fenced = false;
    String before = "";
    for (String line : Files.readAllLines(Distribution.repository(page))) {
      fenced ^= line.startsWith("```");
      boolean command = !fenced && line.startsWith(INDENT);
      if (command && (block.length() > 0 || before.isEmpty())) {
        block.append(line.strip()).append('\n');
      } else if (block.length() > 0) {
        blocks.add(block.toString());
        block.setLength(0);
      }
      before = line;
    }
    if (block.length() > 0) {
      blocks.add(block.toString());
    }
    return blocks;
  }

  /** The first block of a page that contains this text. */
  static String block(String page, String text) throws IOException {
    List<String> blocks = blocks(page).stream().filter(block -> block.contains(text)).toList();
    assertThat(blocks).as("a block of %s with '%s'", page, text).isNotEmpty();
    return blocks.get(0);
  }

  /** Runs commands until one fails. */
  Ran run(String commands, Duration limit) {
    return box.run(builder(commands), limit);
  }

  /** The shell of these commands, yet to be started. */
  ProcessBuilder builder(String commands) {
    ProcessBuilder builder = box.ours(List.of("/bin/sh", "-e", "-c", commands));
    Map<String, String> environment = builder.environment();
    String path = Distribution.folder().resolve("bin") + ":" + environment.get("PATH");
    environment.put("PATH", tools == null ? path : tools + ":" + path);
    return builder.directory(folder.toFile());
  }
}
