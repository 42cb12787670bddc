package org.nbdcore.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A program that gives its virtual machine little direct memory: clients wait, none is dropped. */
@Timeout(180)
final class DirectMemoryTest {

  @Test
  void whereDirectMemoryIsShortClientsWait() throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-XX:MaxDirectMemorySize=100m", "-Xmx256m"));
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.add(ShortOfMemory.class.getName());
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    try {
      process.getOutputStream().close();
      String said = new String(process.getInputStream().readAllBytes());
      assertThat(process.waitFor(150, TimeUnit.SECONDS)).isTrue();
      assertThat(said).endsWith("all are served" + System.lineSeparator());
    } finally {
      process.destroyForcibly();
    }
  }
}
