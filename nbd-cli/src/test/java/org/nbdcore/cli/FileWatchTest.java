package org.nbdcore.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileWatchTest {

  @TempDir Path folder;

  @Test
  void aChangeIsReportedOnceWhenTheFileIsStable() throws Exception {
    Path file = Files.writeString(folder.resolve("c"), "1");
    AtomicInteger changes = new AtomicInteger();
    FileWatch watch = new FileWatch(file, changes::incrementAndGet);
    watch.check();
    assertThat(changes).hasValue(0);
    Files.writeString(file, "12");
    watch.check();
    assertThat(changes).as("perhaps half written").hasValue(0);
    watch.check();
    assertThat(changes).hasValue(1);
    watch.check();
    assertThat(changes).hasValue(1);
  }

  @Test
  void aRedirectedLinkIsAChangeAndAMissingFileIsNot() throws Exception {
    Path one = Files.writeString(folder.resolve("1"), "x");
    Path other = Files.writeString(folder.resolve("2"), "x");
    Path link = Files.createSymbolicLink(folder.resolve("c"), one);
    AtomicInteger changes = new AtomicInteger();
    FileWatch watch = new FileWatch(link, changes::incrementAndGet);
    Files.delete(link);
    watch.check();
    watch.check();
    assertThat(changes).hasValue(0);
    Path next = Files.createSymbolicLink(folder.resolve("next"), other);
    Files.move(next, link, StandardCopyOption.ATOMIC_MOVE);
    watch.check();
    watch.check();
    assertThat(changes).hasValue(1);
  }
}
