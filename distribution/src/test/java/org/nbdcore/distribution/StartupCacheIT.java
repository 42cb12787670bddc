package org.nbdcore.distribution;

import static java.util.concurrent.CompletableFuture.supplyAsync;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The start-up cache. No problem with the cache may prevent a start. */
class StartupCacheIT {

  /** Long, because the training runs at the lowest priority. */
  private static final Duration TRAINING = Duration.ofMinutes(10);

  private static final Duration OUTPUT = Duration.ofMinutes(2);

  /**
   * The folder of a cache that is created once for all tests. Tests that change it copy it first.
   */
  @TempDir static Path sharedCache;

  @TempDir Path folder;

  @BeforeAll
  static void createSharedCache() throws Exception {
    Launched first = Launched.nbdCore(sharedCache, at(sharedCache), "--version");
    assertThat(first.status()).isZero();
    awaitCaches(sharedCache, 1);
  }

  private static Map<String, String> at(Path cache) {
    return Map.of("NBD_CORE_CACHE", cache.toString());
  }

  /** Waits until so many caches exist and none is being created. */
  private static void awaitCaches(Path cacheFolder, int caches) {
    await()
        .atMost(TRAINING)
        .until(
            () -> {
              try (Stream<Path> files = Files.walk(cacheFolder)) {
                List<String> all = files.map(Path::toString).toList();
                return all.stream().filter(name -> name.endsWith(".for")).count() == caches
                    && all.stream().noneMatch(name -> name.endsWith(".lock"));
              } catch (UncheckedIOException e) {
                return false; // a file was deleted in the meantime
              }
            });
  }

  private static List<String> names(Path cacheFolder) throws IOException {
    try (Stream<Path> files = Files.walk(cacheFolder)) {
      return files
          .filter(Files::isRegularFile)
          .map(file -> file.getFileName().toString())
          .filter(name -> !name.startsWith("out") && !name.startsWith("err"))
          .filter(name -> !name.endsWith(".checked")) // written by a later start
          .sorted()
          .toList();
    }
  }

  private static Path cacheIn(Path cacheFolder) throws IOException {
    try (Stream<Path> files = Files.walk(cacheFolder)) {
      return files
          .filter(file -> file.toString().matches(".*[.](aot|jsa)"))
          .findFirst()
          .orElseThrow();
    }
  }

  /** A copy with the times of the files, as {@code cp -a} makes it. */
  private static Path copy(Path from, Path to) throws Exception {
    Process copy = new ProcessBuilder("cp", "-a", from + "/.", to.toString()).start();
    assertThat(copy.waitFor()).isZero();
    return to;
  }

  /**
   * A Java like that of this test, except that a run that creates a cache waits for the gate and
   * then fails.
   */
  private Path javaWhoseTrainingWaits(Path gate) throws IOException {
    Path real = Path.of(System.getProperty("java.home"));
    Path home = folder.resolve("java");
    Path java = Files.createDirectories(home.resolve("bin")).resolve("java");
    Files.copy(real.resolve("release"), home.resolve("release"));
    Files.writeString(
        java,
        """
        #!/bin/sh
        case $* in *ArchiveClassesAtExit=* | *AOTCacheOutput=*) read -r _ <'%s'; exit 1 ;; esac
        exec '%s/bin/java' "$@"
        """
            .formatted(gate, real));
    assertThat(java.toFile().setExecutable(true)).isTrue();
    return home;
  }

  private static String all(InputStream stream) {
    try (stream) {
      return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Starts with a cache; returns whether its classes came from there. */
  private boolean uses(Path cache, Map<String, String> more) throws Exception {
    Path log = folder.resolve("classes");
    Map<String, String> variables = new HashMap<>(at(cache));
    variables.putAll(more);
    variables.merge(
        "NBD_CORE_JAVA_OPTS",
        "-Xlog:class+load:file=" + log,
        (given, logged) -> given + " " + logged);
    Launched launched = Launched.nbdCore(folder, variables, "--version");
    assertThat(launched.err()).isEmpty();
    assertThat(launched.out()).startsWith("nbd-core 0.");
    assertThat(launched.status()).isZero();
    return Files.readString(log)
        .lines()
        .anyMatch(line -> line.contains("org.nbdcore.cli.Cli source: shared objects file"));
  }

  @Test
  void cacheIsUsedOnceItIsCreated() throws Exception {
    assertThat(names(sharedCache))
        .hasSize(3)
        .allMatch(name -> name.startsWith("nbd-core-answers-"));
    assertThat(uses(sharedCache, Map.of())).isTrue();
  }

  @Test
  void cachedHelpMatchesTheProgramsHelp() throws Exception {
    Launched output = Launched.nbdCore(folder, Map.of(), "--help");
    assertThat(Launched.nbdCore(folder, at(sharedCache), "--help")).isEqualTo(output);
    assertThat(output.out()).startsWith("usage: nbd-core [OPTIONS]").doesNotContain("@program@");
    Map<String, String> withJars = new HashMap<>(at(sharedCache));
    withJars.put("NBD_CORE_PLUGIN_PATH", folder.toString());
    Files.writeString(folder.resolve("broken.jar"), "no jar");
    assertThat(Launched.nbdCore(folder, withJars, "--help").err()).contains("broken.jar");
  }

  @ParameterizedTest
  @ValueSource(strings = {"truncated", "empty", "zeroed", "random", "foreign", "unfinished"})
  void damagedCacheIsNotUsedAndIsReplaced(String damage) throws Exception {
    Path cacheFolder = copy(sharedCache, Files.createDirectory(folder.resolve("cache")));
    Path cache = cacheIn(cacheFolder);
    Path note = Path.of(cache + ".for");
    try (RandomAccessFile file = new RandomAccessFile(cache.toFile(), "rw")) {
      long half = file.length() / 2;
      byte[] other = new byte[(int) half];
      switch (damage) {
        case "truncated" -> file.setLength(half);
        case "empty" -> file.setLength(0);
        case "random" -> new Random(1).nextBytes(other);
        default -> {}
      }
      if (damage.equals("zeroed") || damage.equals("random")) {
        file.seek(half);
        file.write(other);
      }
    }
    switch (damage) {
      case "foreign" -> Files.writeString(note, "another JVM\n", StandardCharsets.UTF_8);
      case "unfinished" -> Files.delete(note);
      default -> {}
    }
    assertThat(uses(cacheFolder, Map.of("NBD_CORE_CACHE_WAIT", "yes"))).isFalse();
    assertThat(names(cacheFolder)).isEqualTo(names(sharedCache));
    assertThat(uses(cacheFolder, Map.of())).isTrue();
  }

  @Test
  void damageThatKeepsSizeAndTimeIsDetectedByTheJvm() throws Exception {
    Path cacheFolder = copy(sharedCache, Files.createDirectory(folder.resolve("cache")));
    Path cache = cacheIn(cacheFolder);
    FileTime time = Files.getLastModifiedTime(cache);
    byte[] other = new byte[1 << 20];
    new Random(2).nextBytes(other);
    try (RandomAccessFile file = new RandomAccessFile(cache.toFile(), "rw")) {
      file.seek(file.length() / 2);
      file.write(other);
    }
    Files.setLastModifiedTime(cache, time);
    assertThat(uses(cacheFolder, Map.of())).isFalse();
  }

  @Test
  void movedDistributionStartsAndCreatesItsOwnCache() throws Exception {
    Path moved = copy(Launched.HOME, Files.createDirectory(folder.resolve("moved")));
    Path cacheFolder = Files.createDirectory(folder.resolve("cache"));
    // The cache of the original distribution is where the moved distribution looks.
    Path there = Files.createDirectories(Path.of(cacheFolder.toString() + moved));
    copy(Path.of(sharedCache.toString() + Launched.HOME), there);
    ProcessBuilder builder = Launched.start(folder, at(cacheFolder));
    builder.command(moved.resolve("bin/nbd-core").toString(), "memory", "--dump-plugin");
    builder.redirectErrorStream(true);
    Process process = builder.start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).isZero();
    assertThat(output).startsWith("path=" + moved.toRealPath() + "/lib/");
    awaitCaches(cacheFolder, 2);
  }

  @ParameterizedTest
  @ValueSource(strings = {"-XX:+UseParallelGC", "-Xmn32m", "-Xmx64g", "-XX:-UseCompressedOops"})
  void otherJvmOptionsUseTheirOwnCache(String option) throws Exception {
    Path cacheFolder = copy(sharedCache, Files.createDirectory(folder.resolve("cache")));
    Map<String, String> others = Map.of("NBD_CORE_JAVA_OPTS", option, "NBD_CORE_CACHE_WAIT", "yes");
    assertThat(uses(cacheFolder, others)).isFalse();
    assertThat(uses(cacheFolder, Map.of())).isTrue();
    awaitCaches(cacheFolder, 2);
  }

  /** As in {@code nbd-info $uri | wc -l}: the training keeps no stream of the command's open. */
  @Test
  void commandClosesItsOutputWhileTrainingContinues() throws Exception {
    Path gate = folder.resolve("gate");
    assertThat(new ProcessBuilder("mkfifo", gate.toString()).start().waitFor()).isZero();
    Map<String, String> variables = new HashMap<>(at(folder.resolve("cache")));
    variables.put("NBD_CORE_JAVA", javaWhoseTrainingWaits(gate).toString());
    // opened for reading and writing, so that opening does not block
    try (RandomAccessFile opener = new RandomAccessFile(gate.toFile(), "rw")) {
      Process process = Launched.start(folder, variables, "--version").start();
      CompletableFuture<String> out = supplyAsync(() -> all(process.getInputStream()));
      CompletableFuture<String> err = supplyAsync(() -> all(process.getErrorStream()));
      try {
        assertThat(out).succeedsWithin(OUTPUT, STRING).startsWith("nbd-core 0.");
        assertThat(err).succeedsWithin(OUTPUT, STRING).isEmpty();
      } finally {
        opener.writeBytes("go on\n");
        Path cache = folder.resolve("cache");
        await().atMost(TRAINING).until(() -> names(cache).toString().contains(".failed"));
      }
    }
  }

  @Test
  void unwritableCacheFolderDoesNotPreventAStart() throws Exception {
    Path file = Files.writeString(folder.resolve("file"), "");
    assertThat(uses(file, Map.of())).isFalse();
    assertThat(uses(Path.of("/proc/nowhere"), Map.of())).isFalse();
  }

  @Test
  void installationPathWithAColonIsRefused() throws Exception {
    Path moved = Files.createDirectory(folder.resolve("a:b"));
    copy(Launched.HOME, moved);
    ProcessBuilder builder = Launched.start(folder, Map.of());
    builder.command(moved.resolve("bin/nbd-core").toString(), "--version");
    builder.redirectErrorStream(true);
    Process process = builder.start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).isEqualTo(1);
    assertThat(output).contains("a:b").hasLineCount(1);
  }
}
