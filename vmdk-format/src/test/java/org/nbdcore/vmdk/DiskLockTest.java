package org.nbdcore.vmdk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("newest")
final class DiskLockTest {
  @TempDir Path dir;

  private final List<String> warnings = new ArrayList<>();
  private Path disk;
  private Path folder;

  @BeforeEach
  void makeTheDisk() throws IOException {
    disk = SparseFixture.monolithic(64).grain(1, 7).write(dir.resolve("disk.vmdk"));
    folder = dir.resolve("disk.vmdk.lck");
  }

  private VmdkDisk open(boolean writable) throws IOException {
    return VmdkDisk.open(
        disk, VmdkOptions.defaults().withWritable(writable).withWarnings(warnings::add));
  }

  private Path lockFile(String content) throws IOException {
    Files.createDirectories(folder);
    return Files.writeString(folder.resolve("M12345.lck"), content);
  }

  private static String ofProcess(long pid, long start) {
    String[] own = LockOwner.ofThisProcess().strip().split(" ");
    return String.join(" ", own[0], own[1], own[2], own[3], "" + pid, "" + start);
  }

  @Test
  void aDiskThatIsWrittenIsLockedUntilItIsClosed() throws IOException {
    try (VmdkDisk first = open(true)) {
      assertThat(first.writable()).isTrue();
      try (var files = Files.list(folder)) {
        assertThat(files).hasSize(1).allMatch(file -> file.toString().matches(".*/M\\d{5}\\.lck"));
      }
      assertThatThrownBy(() -> open(true))
          .isInstanceOf(VmdkException.class)
          .hasMessageStartingWith(disk + ": is locked by another program, as " + folder)
          .hasMessageEndingWith("if nothing uses the disk, delete " + folder);
    }
    assertThat(folder).doesNotExist();
    open(true).close();
    assertThat(warnings).isEmpty();
  }

  @Test
  void anOpenThatFailsLeavesNoLock() throws IOException {
    Path damaged = Files.write(dir.resolve("damaged.vmdk"), new byte[1000]);
    assertThatThrownBy(
            () -> VmdkDisk.open(damaged, VmdkOptions.defaults().withWritable(true)).close())
        .isInstanceOf(VmdkException.class);
    assertThat(dir.resolve("damaged.vmdk.lck")).doesNotExist();
  }

  @Test
  void readerNeedsNoLockButIsWarnedOfAWriter() throws IOException {
    try (VmdkDisk writer = open(true);
        VmdkDisk reader = open(false)) {
      assertThat(writer.writable()).isTrue();
      assertThat(Disks.read(reader, 4097, 1)).containsExactly(7);
    }
    assertThat(warnings)
        .singleElement()
        .asString()
        .startsWith(disk + ": is open for writing elsewhere (" + folder);
    warnings.clear();
    open(false).close();
    assertThat(warnings).isEmpty();
    assertThat(folder).doesNotExist();
  }

  @Test
  void aLockWhoseOwnerIsGoneIsRemoved() throws IOException {
    assumeTrue(Files.exists(Path.of("/etc/machine-id")), "this machine has no machine id");
    ProcessHandle own = ProcessHandle.current();
    for (String content :
        List.of(ofProcess(Integer.MAX_VALUE - 1L, 1), ofProcess(own.pid(), 12345))) {
      Path stale = lockFile(content);
      open(false).close();
      assertThat(warnings).isEmpty();
      open(true).close();
      assertThat(warnings)
          .containsExactly(disk + ": the lock " + stale + " was stale and is removed");
      assertThat(folder).doesNotExist();
      warnings.clear();
    }
  }

  @Test
  void lockOfAnotherProgramOrMachineIsNotRemoved() throws IOException {
    String[] own = LockOwner.ofThisProcess().strip().split(" ");
    for (String content :
        List.of(
            "",
            "some words of another program 1 2",
            "nbd-core other-machine " + own[2] + " " + own[3] + " 2147483646 1",
            "nbd-core " + own[1] + " " + own[2] + " pid:[1] 2147483646 1",
            "nbd-core " + own[1] + " " + own[2] + " " + own[3] + " x 1")) {
      Path lock = lockFile(content);
      assertThatThrownBy(() -> open(true)).hasMessageContaining("as " + lock + " shows");
      assertThat(lock).exists();
    }
  }

  @Test
  void diskIsAlsoLockedThroughASymbolicLink() throws IOException {
    Path link = dir.resolve("link.vmdk");
    try {
      Files.createSymbolicLink(link, disk);
    } catch (UnsupportedOperationException e) {
      return; // no links here
    }
    try (VmdkDisk first = open(true)) {
      assertThat(first.writable()).isTrue();
      assertThatThrownBy(
              () -> VmdkDisk.open(link, VmdkOptions.defaults().withWritable(true)).close())
          .hasMessageContaining("is locked by another program");
    }
  }
}
