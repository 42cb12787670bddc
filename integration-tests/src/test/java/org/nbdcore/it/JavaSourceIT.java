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

/** Disks in Java source files, with a real client. */
@Tag("heavy")
class JavaSourceIT {

  private static final String TWO_CLIENTS =
      """
      o = nbd.NBD()
      o.connect_uri(h.get_uri())
      h.pwrite(b'nbd-core' * 64, 512)
      print(h.get_size(), o.pread(512, 512) == b'nbd-core' * 64)
      """;

  @RegisterExtension final Sandbox box = new Sandbox();

  private Path source(String name) throws IOException {
    String page = Files.readString(Distribution.repository("docs/java.md"));
    Matcher block = Pattern.compile("```java\\n([^`]*class " + name + " [^`]*)```").matcher(page);
    assertThat(block.find()).isTrue();
    return Files.writeString(box.file(name + ".java"), block.group(1));
  }

  @Test
  void aSourceFileWithAParameterIsServedToTwoClients() throws Exception {
    Server server = box.serve("java", source("Ram").toString(), "size=2M");
    assertThat(box.nbdsh(server, TWO_CLIENTS).succeeded().line()).isEqualTo("2097152 True");
    assertThat(server.stop().err()).isEmpty();
  }

  @Test
  void aSourceFileIsReadFromStandardInput() throws Exception {
    String command = "nbd-core java - --run 'nbdinfo --size \"$uri\"' <" + source("Disk");
    Ran ran = new PageShell(box, box.file("")).run(command, Programs.TIMEOUT).succeeded();
    assertThat(ran.line()).isEqualTo("1048576");
    assertThat(ran.err()).isEmpty();
  }

  @Test
  void aLineThatDoesNotCompileIsNamed() throws Exception {
    Path file = source("Disk");
    Files.writeString(file, Files.readString(file).replace("dst.put(DATA", "dst.put(DATE"));
    Ran ran = box.nbdCore("java", file.toString());
    assertThat(ran.status()).isEqualTo(1);
    assertThat(Files.readString(Distribution.repository("docs/java.md")))
        .contains("    " + ran.err());
  }

  @Test
  void dumpPluginShowsTheClassAndItsKeys() throws Exception {
    assertThat(box.nbdCore("java", source("Ram").toString(), "--dump-plugin").succeeded().out())
        .contains("name=java\n", "java_class=Ram\n", "java_keys=size\n");
  }
}
