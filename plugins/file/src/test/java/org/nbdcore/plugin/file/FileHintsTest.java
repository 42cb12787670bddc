package org.nbdcore.plugin.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.Config;
import org.nbdcore.spi.Flags;
import org.nbdcore.spi.OpenRequest;
import org.nbdcore.spi.Plugin;
import org.nbdcore.spi.Support;
import org.nbdcore.system.PageCache;
import org.nbdcore.testkit.CapturedLog;
import org.nbdcore.testkit.Configs;

/**
 * Checks which pages of a file are in the page cache. Some file systems keep all pages in memory;
 * the tests are skipped there.
 */
@EnabledOnOs(OS.LINUX)
final class FileHintsTest {

  private static final int PAGE = 1 << 16; // no system has larger ones
  private static final int SIZE = 64 * PAGE;

  @TempDir private Path folder;
  private Path file;

  @BeforeEach
  void writeFile() throws IOException {
    file = folder.resolve("disk");
    byte[] bytes = new byte[SIZE];
    java.util.Arrays.fill(bytes, (byte) 1);
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      channel.write(ByteBuffer.wrap(bytes));
      channel.force(true);
    }
    withDescriptor(descriptor -> descriptor.evict(0, 0));
    assumeTrue(!cached(0, SIZE), "this file system keeps everything in memory");
  }

  private interface Use {
    void of(NativeDescriptor descriptor);
  }

  private void withDescriptor(Use use) throws IOException {
    Object key = Files.readAttributes(file, BasicFileAttributes.class).fileKey();
    NativeDescriptor descriptor = NativeDescriptor.open(file, key, true).orElseThrow();
    use.of(descriptor);
    descriptor.close();
  }

  private boolean cached(long offset, long length) throws IOException {
    boolean[] answer = new boolean[1];
    withDescriptor(
        descriptor -> {
          PageCache cache = descriptor.pageCache(SIZE);
          answer[0] = cache.has(offset, length);
          cache.close();
        });
    return answer[0];
  }

  private BlockDevice open(String... words) throws Exception {
    FileProvider provider = new FileProvider();
    String[] all = java.util.Arrays.copyOf(words, words.length + 1);
    all[words.length] = "file=" + file;
    try (Plugin plugin = provider.create(Configs.of(provider.parameters(), all))) {
      return plugin.open(OpenRequest.detached("", false));
    }
  }

  private static void read(BlockDevice device, long offset, int length) throws IOException {
    device.read(ByteBuffer.allocateDirect(length), offset);
  }

  @ParameterizedTest
  @CsvSource({"cache=default, true", "cache=none, false"})
  void cacheNoneEvictsPagesAfterARead(String word, boolean stays) throws Exception {
    try (BlockDevice device = open(word)) {
      read(device, 0, 4 * PAGE);
      assertThat(cached(0, 4 * PAGE)).isEqualTo(stays);
      assertThat(device.capabilities().cache()).isEqualTo(stays ? Support.NATIVE : Support.NONE);
    }
  }

  @ParameterizedTest
  @CsvSource({"cache=default, true", "cache=none, false"})
  void cacheNoneEvictsPagesAfterAWrite(String word, boolean stays) throws Exception {
    try (BlockDevice device = open(word)) {
      for (int i = 0; i < 16; i++) {
        device.write(ByteBuffer.allocateDirect(PAGE), (long) i * PAGE, Flags.NONE);
      }
      assertThat(cached(0, 4 * PAGE)).as("before the flush").isEqualTo(stays);
      device.flush();
      assertThat(cached(15 * PAGE, PAGE)).as("after the flush").isEqualTo(stays);
    }
    assertThat(Files.readAllBytes(file)[15 * PAGE]).isZero();
  }

  @Test
  void cacheRequestFetchesTheRange() throws Exception {
    try (BlockDevice device = open("fadvise=random")) {
      device.cache(8 * PAGE + 5, 40 * PAGE);
      long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
      while (!cached(8 * PAGE, 40 * PAGE + 5) && System.nanoTime() < end) {
        Thread.onSpinWait(); // the system may still fetch after the call has returned
      }
      assertThat(cached(8 * PAGE, 40 * PAGE + 5)).as("what was asked for").isTrue();
      assertThat(cached(0, PAGE) || cached(60 * PAGE, PAGE)).as("anything else").isFalse();
    }
  }

  @ParameterizedTest
  @CsvSource({"fadvise=random, false", "fadvise=sequential, true", "fadvise=normal, true"})
  void fadviseControlsReadahead(String word, boolean ahead) throws Exception {
    try (BlockDevice device = open(word)) {
      read(device, 0, 4096);
      read(device, 4096, 4096);
      assertThat(cached(8192, 4096)).as("what follows").isEqualTo(ahead);
    }
  }

  @Test
  void unknownCacheAndFadviseValuesAreRefused() {
    assertThatThrownBy(() -> open("cache=all")).hasMessageContaining("cache must be one of");
    assertThatThrownBy(() -> open("fadvise=noreuse")).hasMessageContaining("fadvise must be one");
  }

  @Test
  void debugFlagLogsHowZeroesAreWritten() throws Exception {
    CapturedLog log = CapturedLog.start();
    FileProvider provider = new FileProvider();
    for (int flag = 0; flag <= 1; flag++) {
      Config config =
          Config.builder(provider.parameters())
              .put("file", file.toString())
              .debug("zero", flag)
              .build();
      try (Plugin plugin = provider.create(config);
          BlockDevice device = plugin.open(OpenRequest.detached("", false))) {
        log.clear();
        device.zero(0, 4096, Flags.NONE);
        assertThat(log.messages().stream().anyMatch(line -> line.startsWith("zero: ")))
            .isEqualTo(flag == 1);
      }
    }
  }
}
