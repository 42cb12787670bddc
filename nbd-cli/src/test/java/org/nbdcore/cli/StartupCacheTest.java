package org.nbdcore.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The program deletes the mark of a cache that the JVM has refused, and keeps that of a cache in
 * use.
 */
class StartupCacheTest {

  private static final String PROPERTY = "nbdcore.cache";

  @TempDir Path folder;
  private Path cache;
  private Path mark;

  @BeforeEach
  void write() throws Exception {
    Path real = Files.createDirectory(folder.toRealPath().resolve("real"));
    cache = Files.write(real.resolve("nbd-core.jsa"), new byte[8192]);
    mark = Files.createFile(real.resolve("nbd-core.jsa.for"));
  }

  @AfterEach
  void clearProperties() {
    System.clearProperty(PROPERTY);
    System.clearProperty(PROPERTY + ".check");
  }

  private void checkWhileMapped(Path named) throws Exception {
    System.setProperty(PROPERTY, named.toString());
    try (FileChannel channel = FileChannel.open(cache)) {
      var mapped = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size());
      StartupCache.check();
      assertThat(mapped.get(0)).isZero(); // it was mapped up to here
    }
  }

  @Test
  void aCacheInUseKeepsItsMark() throws Exception {
    checkWhileMapped(cache);
    assertThat(mark).exists();
  }

  @Test
  void aCacheInUseKeepsItsMarkIfItsFolderIsALink() throws Exception {
    Path link = Files.createSymbolicLink(folder.resolve("link"), cache.getParent());
    checkWhileMapped(link.resolve("nbd-core.jsa"));
    assertThat(mark).exists();
  }

  @Test
  void aCacheThatTheJvmHasVerifiedIsRecordedAsChecked() throws Exception {
    System.setProperty(PROPERTY + ".check", "boot 1");
    checkWhileMapped(cache);
    assertThat(cache.resolveSibling("nbd-core.jsa.checked")).hasContent("boot 1\n");
  }

  @Test
  void aCacheThatTheJvmHasNotVerifiedIsNotRecordedAsChecked() throws Exception {
    checkWhileMapped(cache);
    assertThat(cache.resolveSibling("nbd-core.jsa.checked")).doesNotExist();
  }

  @Test
  void aCacheThatTheJvmHasRefusedLosesItsMark() throws Exception {
    System.setProperty(PROPERTY, cache.toString());
    System.setProperty(PROPERTY + ".check", "boot 1");
    StartupCache.check();
    assertThat(mark).doesNotExist();
    assertThat(cache.resolveSibling("nbd-core.jsa.checked")).doesNotExist();
  }
}
