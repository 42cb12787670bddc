package org.nbdcore.packaging;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The folders of the packages' systemd services. */
final class UnitFilesTest {

  private static List<String> folders(String key) throws IOException {
    List<String> folders = new ArrayList<>();
    try (Stream<Path> units = Files.list(Path.of("src/main/systemd"))) {
      for (Path unit : units.filter(file -> file.toString().endsWith(".service")).toList()) {
        for (String line : Files.readAllLines(unit)) {
          if (line.startsWith(key + "=")) {
            folders.add(line.substring(key.length() + 1));
          }
        }
      }
    }
    return folders;
  }

  /** When a service stops, systemd removes its runtime folder with all that lies in it. */
  @Test
  void foldersOfServicesAreNotNested() throws IOException {
    for (String key : List.of("StateDirectory", "RuntimeDirectory")) {
      List<String> folders = folders(key);
      assertThat(folders).as(key).hasSize(2).doesNotHaveDuplicates();
      for (String one : folders) {
        assertThat(folders).as(key).noneMatch(other -> other.startsWith(one + "/"));
      }
    }
  }
}
