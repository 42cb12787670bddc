package org.nbdcore.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;
import org.junit.jupiter.api.io.TempDir;
import org.nbdcore.server.transmission.RequestWithoutMemory;

/**
 * Programs with little direct memory: clients wait for memory if that helps, and the server drops
 * none.
 */
@Timeout(180)
final class DirectMemoryTest {

  @TempDir Path folder;

  @Test
  void clientsWaitForDirectMemory() throws Exception {
    assertThat(run(ShortOfMemory.class)).endsWith("all are served" + System.lineSeparator());
  }

  /** From Java 22, the pool allocates from an arena, to which the limit does not apply. */
  @Test
  @EnabledForJreRange(max = JRE.JAVA_21)
  void clientsDoNotWaitForMemoryThatIsFreeOrNeverWillBe() throws Exception {
    assertThat(run(PoolWithoutMemory.class)).isEqualTo("nobody waited" + System.lineSeparator());
  }

  /** A plugin with its disk in direct memory shares the limit. */
  @Test
  @EnabledForJreRange(max = JRE.JAVA_21)
  void noClientIsDroppedIfOtherCodeUsesUpDirectMemory() throws Exception {
    assertThat(run(OthersTakeTheMemory.class)).isEqualTo("all are served" + System.lineSeparator());
  }

  /** Otherwise the memory that the request holds would be lost, and counted forever. */
  @Test
  void aRequestCanBeTakenWithoutFreeDirectMemory() throws Exception {
    assertThat(run(RequestWithoutMemory.class)).isEqualTo("taken" + System.lineSeparator());
  }

  /** Runs a program and returns its output. */
  private String run(Class<?> program) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-XX:MaxDirectMemorySize=100m", "-Xmx256m"));
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.add(program.getName());
    Path output = folder.resolve("said");
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    try {
      process.getOutputStream().close();
      assertThat(process.waitFor(150, TimeUnit.SECONDS)).as("ends").isTrue();
      return Files.readString(output);
    } finally {
      process.destroyForcibly();
    }
  }
}
