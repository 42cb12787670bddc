package org.nbdcore.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The project that docs/embedding.md begins with builds outside the reactor, and serves. */
@Tag("heavy")
class EmbeddingProjectIT {

  private static final int TERMINATED = 128 + 15;

  @RegisterExtension final Sandbox box = new Sandbox();

  @Test
  void theProgramOfThePageServesUntilSigterm() throws Exception {
    Path project = box.file("disk-server");
    String page = Files.readString(Distribution.repository("docs/embedding.md"));
    write(project.resolve("pom.xml"), block(page, "xml"));
    write(project.resolve("src/main/java/DiskServer.java"), block(page, "java"));
    Path socket = box.runtime("disk.sock");
    ScratchMaven maven = new ScratchMaven(box);
    maven.run(project, "compile").succeeded(); // a slow machine takes longer than a start may
    PageShell shell = new PageShell(box, project).with(maven);
    String[] commands =
        PageShell.block("docs/embedding.md", "exec:java")
            .replace("/tmp/disk.sock", socket.toString())
            .split("\n");
    assertThat(commands).hasSize(2);
    ProcessBuilder program = shell.builder("exec " + commands[0]);
    Server server = Server.start(program, box.file("err"), socket);
    assertThat(shell.run(commands[1], Programs.TIMEOUT).succeeded().out())
        .contains("export-size: 67108864 (64M)");
    server.terminate();
    assertThat(server.exitStatus()).as(server.errors()).isEqualTo(TERMINATED);
    assertThat(socket).doesNotExist();
  }

  private static void write(Path file, String text) throws IOException {
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
  }

  /** Returns the first block of code in that language. */
  private static String block(String page, String language) {
    Matcher block = Pattern.compile("```" + language + "\\n(.*?)```", Pattern.DOTALL).matcher(page);
    assertThat(block.find()).as("a block of " + language).isTrue();
    return block.group(1);
  }
}
