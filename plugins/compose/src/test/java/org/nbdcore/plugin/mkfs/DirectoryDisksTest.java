package org.nbdcore.plugin.mkfs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.ConfigException;
import org.nbdcore.spi.OpenRequest;
import org.nbdcore.spi.Plugin;
import org.nbdcore.spi.StartContext;
import org.nbdcore.testkit.Configs;
import org.nbdcore.testkit.DumpedLines;

/** Disks created from directories, with a script in place of the program that creates them. */
@Timeout(60)
@EnabledOnOs(OS.LINUX)
final class DirectoryDisksTest {

  @TempDir private Path folder;
  private Path disks;

  @BeforeEach
  void createFolderForDisks() throws IOException {
    disks = Files.createDirectory(folder.resolve("disks"));
  }

  private Path program(String script) throws IOException {
    Path program = Files.writeString(folder.resolve("prog"), "#!/bin/sh\n" + script);
    return Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwx------"));
  }

  private Plugin iso(String... arguments) throws ConfigException {
    return IsoProvider.plugin(Configs.of(new IsoProvider().parameters(), arguments), disks);
  }

  private List<Path> remainingFiles() throws IOException {
    try (Stream<Path> files = Files.list(disks)) {
      return files.toList();
    }
  }

  @Test
  void isoSplitsParamsLikeAShellAndPassesDirectoriesUnchanged() throws Exception {
    Path strange = Files.createDirectory(folder.resolve("it's $HOME"));
    Path plain = Files.createDirectory(folder.resolve("plain"));
    Path program = program("shift 2; out=$1; shift; printf '%s|' \"$@\" > \"$out\"");
    try (Plugin plugin =
        iso("prog=" + program, "params=-J -V 'My Disk'", "dir=" + strange, "dir=" + plain)) {
      plugin.start(StartContext.NONE);
      try (BlockDevice one = plugin.open(OpenRequest.detached("", false));
          BlockDevice other = plugin.open(OpenRequest.detached("x", false))) {
        assertThat(one.capabilities().write()).isFalse();
        assertThat(other.capabilities().multiConn()).isTrue();
        ByteBuffer bytes = ByteBuffer.allocate((int) one.size());
        one.read(bytes, 0);
        assertThat(StandardCharsets.UTF_8.decode(bytes.flip()).toString())
            .isEqualTo("-J|-V|My Disk|" + strange + "|" + plain + "|");
      }
      assertThat(remainingFiles()).hasSize(1);
    }
    assertThat(remainingFiles()).isEmpty();
  }

  @Test
  void failingProgramFailsTheStartAndLeavesNoFile() throws Exception {
    Path program = program("echo too bad >&2; exit 7");
    try (Plugin plugin = iso("prog=" + program, "dir=" + folder)) {
      assertThatThrownBy(() -> plugin.start(StartContext.NONE))
          .hasMessageContaining("exit status 7: too bad");
    }
    assertThat(remainingFiles()).isEmpty();
  }

  @Test
  void dumpPluginShowsTheProgram() throws Exception {
    DumpedLines dumped = new DumpedLines();
    new IsoProvider()
        .dump(Configs.of(new IsoProvider().parameters(), "prog=mine", "dir=" + folder), dumped);
    assertThat(dumped.lines()).containsExactly("iso_prog=mine");
  }

  @ParameterizedTest
  @CsvSource({
    "size=x, size must be a size",
    "size=+x, size must be a size",
    "type=xfs, 'type must be one of ext2, ext3, ext4'",
    "dir=/nowhere/at/all, dir must be a directory",
  })
  void errorNamesTheInvalidLinuxdiskParameter(String word, String message) {
    assertThatThrownBy(() -> Configs.of(new LinuxdiskProvider().parameters(), word))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining(message);
  }
}
