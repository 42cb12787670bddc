package org.nbdcore.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * One fuzz target in a process of its own; see docs/fuzzing.md. What it finds, and what it prints,
 * stays in a folder of its name.
 */
final class FuzzRun {

  private static final Pattern EXECUTED = Pattern.compile("number_of_executed_units: (\\d+)");
  private static final Pattern SEED = Pattern.compile("up to seed (\\d+)");
  private static final Pattern FINDING = Pattern.compile("(crash|timeout|oom)-.*");

  /** Jazzer's hooks that look for what no target here could do, and take most of the time. */
  private static final String HOOKS =
      Stream.of(
              "ClojureLangHooks",
              "Deserialization",
              "ExpressionLanguageInjection",
              "LdapInjection",
              "NamingContextLookup",
              "OsCommandInjection",
              "ReflectiveCall",
              "RegexInjection",
              "RegexRoadblocks",
              "ScriptEngineInjection",
              "ServerSideRequestForgery",
              "SqlInjection",
              "XPathInjection")
          .map(name -> "com.code_intelligence.jazzer.sanitizers." + name)
          .reduce((one, other) -> one + File.pathSeparator + other)
          .orElseThrow();

  /**
   * How long one input may take before it is a finding. The first input starts the code under test.
   */
  private static final Duration LAST_INPUT = Duration.ofMinutes(10);

  private final FuzzTarget target;
  private final Path folder;
  private final CampaignPhase phase;

  /** A new seed for each run, for targets that need one. A failure prints its seed. */
  private final long firstSeed = System.currentTimeMillis();

  FuzzRun(FuzzTarget target, Path parent, CampaignPhase phase) {
    this.target = target;
    this.folder = parent.resolve(target.simpleName());
    this.phase = phase;
  }

  /** Fuzzes for the given time. */
  void run(Duration time) throws IOException, InterruptedException {
    Files.createDirectories(folder.resolve("found"));
    Path log = folder.resolve("log");
    Process process =
        new ProcessBuilder(command(Math.max(1, time.toSeconds())))
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    try {
      watch(process, time, time.plus(LAST_INPUT).plus(Programs.TIMEOUT));
    } finally {
      process.destroyForcibly();
    }
    judge(process.waitFor(), Files.readString(log, StandardCharsets.ISO_8859_1)); // it shows inputs
  }

  private List<String> command(long seconds) {
    String classes =
        Stream.of(
                Distribution.repository(target.module() + "/target/test-classes").toString(),
                System.getProperty("java.class.path"))
            .reduce((one, other) -> one + File.pathSeparator + other)
            .orElseThrow();
    List<String> command = new ArrayList<>();
    command.add(System.getProperty("nbdcore.fuzz.java"));
    command.addAll(List.of("-Xmx1g", "-cp", classes));
    if (target.corpus() == null) {
      command.addAll(List.of(target.className(), Long.toString(seconds), Long.toString(firstSeed)));
      return command;
    }
    command.addAll(
        List.of(
            "com.code_intelligence.jazzer.Jazzer",
            "--target_class=" + target.className(),
            "--instrumentation_includes=org.nbdcore.**",
            "--disabled_hooks=" + HOOKS,
            "-max_total_time=" + seconds,
            "-max_len=16384",
            "-timeout=" + LAST_INPUT.toSeconds(),
            "-print_final_stats=1",
            folder.resolve("found").toString(),
            Distribution.repository(target.corpus()).toString()));
    return command;
  }

  private void watch(Process process, Duration time, Duration limit) throws InterruptedException {
    long end = System.nanoTime() + limit.toNanos();
    long warm = System.nanoTime() + time.toNanos() / 4;
    while (!process.waitFor(1, TimeUnit.SECONDS)) {
      assertThat(System.nanoTime()).as("%s ends in time", target).isLessThan(end);
      try {
        Usage usage = Usage.of(process.pid());
        phase.processor(Usage.processor(process.pid()));
        if (System.nanoTime() > warm && usage.resident() > 0) {
          phase.used(usage);
        }
      } catch (IOException e) {
        continue; // it has ended meanwhile
      }
    }
  }

  private void judge(int status, String log) throws IOException {
    Matcher executed = (target.corpus() == null ? SEED : EXECUTED).matcher(log);
    boolean counted = executed.find();
    if (counted) {
      long number = Long.parseLong(executed.group(1));
      phase.ran(target.corpus() == null ? number - firstSeed : number);
    }
    try (Stream<Path> files = Files.list(folder)) {
      files
          .filter(file -> FINDING.matcher(file.getFileName().toString()).matches())
          .forEach(file -> phase.failed(target + " found " + file));
    }
    log.lines().filter(line -> line.startsWith("FAILED seed")).forEach(phase::failed);
    if (status != 0 || !counted) {
      phase.failed(target + " ended with status " + status + "; see " + folder.resolve("log"));
    }
  }
}
