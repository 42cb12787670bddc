package org.nbdcore.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * An unpacked distribution.
 *
 * @param home its folder
 * @param cache where its start-up caches are, or "off"
 */
record Distribution(Path home, String cache) {

  static final String VERSION = System.getProperty("nbdcore.version");

  /** The name of its folder, and of the archive without the suffix. */
  static final String NAME = "nbd-core-" + VERSION;

  /** Less than the timeout of a test. */
  private static final Duration TRAINING = Duration.ofMinutes(4);

  /** The name of each cache, and a command whose first start creates the cache. */
  private static final String[][] CACHES = {
    {"nbd-core-answers", "nbd-core", "--version"},
    {"nbd-core", "nbd-core", "memory", "1M", "--run", "true"},
    {"nbd-info", "nbd-info", "--version"},
    {"nbd-copy", "nbd-copy", "--version"},
  };

  /** Options of the JVM that all programs get. */
  private static final String JVM_OPTIONS = System.getProperty("nbdcore.jvm.options", "");

  private static Distribution built;

  /** The distribution of this build, with the start-up caches that users have. */
  static synchronized Distribution built() {
    if (built == null) {
      Path home = folder();
      Path cache = home.resolve("cache");
      Distribution made = new Distribution(home, cache.toString());
      try {
        List<Process> trainings = new ArrayList<>();
        for (String[] each : CACHES) {
          trainings.add(made.startTraining(each));
        }
        for (Process each : trainings) {
          each.waitFor();
        }
        for (String[] each : CACHES) {
          made.awaitCache(each, cache);
        }
      } catch (IOException | InterruptedException e) {
        throw new AssertionError("the start-up caches were not made", e);
      }
      built = made;
    }
    return built;
  }

  /** The folder of the distribution that this build created. */
  static Path folder() {
    return repository("distribution/target/" + NAME);
  }

  /** The Java that servers and commands run on. */
  static Path java() {
    return property("nbdcore.java");
  }

  /** A file of this project. */
  static Path repository(String path) {
    return property("nbdcore.repository").resolve(path);
  }

  private static Path property(String name) {
    String value = System.getProperty(name);
    assertThat(value).as("system property %s, which mvn -Pci sets", name).isNotNull();
    return Path.of(value);
  }

  /** The file of one of the commands. */
  String command(String name) {
    return home.resolve("bin").resolve(name).toString();
  }

  /** Environment variables for the commands. */
  Map<String, String> environment(Path temporary) {
    return Map.of(
        "NBD_CORE_JAVA",
        java().toString(),
        "NBD_CORE_CACHE",
        cache,
        "NBD_CORE_JAVA_OPTS",
        (JVM_OPTIONS + " -Djava.io.tmpdir=" + temporary).strip());
  }

  /**
   * Starts a command that creates its cache. Usually the first start does that in the background,
   * at the lowest priority; here the command waits for it, before the tests run.
   */
  private Process startTraining(String[] each) throws IOException {
    List<String> words = new ArrayList<>(List.of(each).subList(1, each.length));
    words.set(0, command(words.get(0)));
    ProcessBuilder builder =
        new ProcessBuilder(words)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD);
    Map<String, String> environment = new HashMap<>(environment(Path.of("/tmp")));
    environment.put("NBD_CORE_JAVA_OPTS", JVM_OPTIONS);
    environment.put("NBD_CORE_CACHE_WAIT", "yes");
    builder.environment().putAll(environment);
    return builder.start();
  }

  /** Waits until a cache is complete; another process creates it. */
  private void awaitCache(String[] each, Path folder) throws IOException {
    // The launcher keeps a cache below the path of the installation that it was made for.
    Path cacheFolder = Path.of(folder.toString() + home.toRealPath());
    // The caches of another Java, and those of a test that runs beside this one, lie there too.
    int feature = Runtime.version().feature();
    String made = each[0] + "-(?!answers).*-" + feature + "\\..*(aot|jsa)\\.(for|failed)";
    await()
        .atMost(TRAINING)
        .ignoreException(NoSuchFileException.class) // the training makes the folder
        .until(
            () -> {
              try (Stream<Path> files = Files.list(cacheFolder)) {
                return files
                    .map(file -> file.getFileName().toString())
                    .anyMatch(file -> file.matches(made));
              }
            });
  }
}
