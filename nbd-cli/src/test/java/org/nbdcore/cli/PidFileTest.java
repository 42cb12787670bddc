package org.nbdcore.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PidFileTest {

  @TempDir Path folder;

  @Test
  void thePidFileIsWrittenAndRemovedOnClose() throws IOException {
    Path path = folder.resolve("pid");
    try (PidFile file = new PidFile(false)) {
      file.write(path);
      assertThat(Files.readString(path)).isEqualTo(ProcessHandle.current().pid() + "\n");
      try (var files = Files.list(folder)) {
        assertThat(files).containsExactly(path);
      }
    }
    assertThat(path).doesNotExist();
  }

  @Test
  void aPermanentPidFileIsWrittenAndNotRemoved() throws IOException {
    Path path = folder.resolve("pid");
    try (PidFile file = new PidFile(true)) {
      file.write(path);
    }
    assertThat(Files.readString(path)).isEqualTo(ProcessHandle.current().pid() + "\n");
  }

  @Test
  void thePidFileOfAnotherServerIsNotRemoved() throws IOException {
    Path path = folder.resolve("pid");
    try (PidFile file = new PidFile(false)) {
      file.write(path);
      Files.writeString(path, "1\n");
    }
    assertThat(Files.readString(path)).isEqualTo("1\n");
  }

  @Test
  void aPidFileThatCannotBeWrittenIsNamed() throws IOException {
    Path path = folder.resolve("missing/pid");
    try (PidFile file = new PidFile(false)) {
      assertThatThrownBy(() -> file.write(path))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("the pid file cannot be written: ")
          .hasMessageContaining("missing");
    }
  }
}
