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
 * Programs that give their virtual machine little direct memory: clients wait as long as that
 * helps, and none is dropped.
 */
@Timeout(180)
final class DirectMemoryTest {

  @TempDir Path folder;

  @Test
  void whereDirectMemoryIsShortClientsWait() throws Exception {
    assertThat(run(ShortOfMemory.class)).endsWith("all are served" + System.lineSeparator());
  }

  /** From Java 22 on the pool's memory is an arena's, which the limit is no matter to. */
  @Test
  @EnabledForJreRange(max = JRE.JAVA_21)
  void nobodyWaitsForMemoryThatIsThereOrWillNeverBe() throws Exception {
    assertThat(run(PoolWithoutMemory.class)).isEqualTo("nobody waited" + System.lineSeparator());
  }

  /** A plugin in memory takes of the same limit. */
  @Test
  @EnabledForJreRange(max = JRE.JAVA_21)
  void nobodyIsDroppedIfOthersTakeTheMemory() throws Exception {
    assertThat(run(OthersTakeTheMemory.class)).isEqualTo("all are served" + System.lineSeparator());
  }

  /** Else what the request holds would be lost, and count for ever. */
  @Test
  void aRequestIsTakenWhereDirectMemoryIsUsedUp() throws Exception {
    assertThat(run(RequestWithoutMemory.class)).isEqualTo("taken" + System.lineSeparator());
  }

  /** What the program has said. */
  private String run(Class<?> program) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-XX:MaxDirectMemorySize=100m", "-Xmx256m"));
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.add(program.getName());
    Path said = folder.resolve("said");
    Process process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(said.toFile()).start();
    try {
      process.getOutputStream().close();
      assertThat(process.waitFor(150, TimeUnit.SECONDS)).as("ends").isTrue();
      return Files.readString(said);
    } finally {
      process.destroyForcibly();
    }
  }
}
