package org.nbdcore.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Kills, faults, a thousand connections and hours of use, while every parser is fuzzed. It runs
 * with {@code ./check -Pcampaign} only, and writes its table to {@code target/campaign}.
 */
@Tag("heavy")
@Timeout(value = 24, unit = TimeUnit.HOURS)
class ReliabilityCampaign {

  private static final Duration TIME =
      Duration.ofMinutes(Long.getLong("nbdcore.campaign.minutes", 60));

  @RegisterExtension final Sandbox box = new Sandbox();
  @RegisterExtension final Sandbox soaked = new Sandbox();

  private final long seed = new Random().nextLong();
  private final Instant start = Instant.now();
  private final Path folder = Distribution.repository("integration-tests/target/campaign");
  private final List<CampaignPhase> phases = new ArrayList<>();

  @Test
  void noPhaseFails() throws Exception {
    Distribution.built(); // the caches are made before the load begins
    CountDownLatch soakedAlone = new CountDownLatch(1);
    CompletableFuture<List<CampaignPhase>> fuzzing = startThread("fuzzing", this::fuzz);
    CompletableFuture<List<CampaignPhase>> soaking = startThread("soak", () -> soak(soakedAlone));
    try {
      runTests();
      connections();
    } finally {
      soakedAlone.countDown();
      for (CompletableFuture<List<CampaignPhase>> each : List.of(soaking, fuzzing)) {
        phases.addAll(each.get(TIME.toMinutes() + 60, TimeUnit.MINUTES));
        report();
      }
    }
    assertThat(phases.stream().flatMap(phase -> phase.failures().stream()))
        .as("failures of the campaign with the seed %d", seed)
        .isEmpty();
  }

  private static CompletableFuture<List<CampaignPhase>> startThread(
      String name, Supplier<List<CampaignPhase>> work) {
    return CompletableFuture.supplyAsync(work, task -> new Thread(task, name).start());
  }

  private void runTests() {
    CampaignPhase kills = new CampaignPhase("server killed while it writes VMDK files");
    TestRuns.once(kills, VmdkKills.class);
    kills.ran(kills.failures().isEmpty() ? VmdkKills.KILLS - 1L : 0); // they are one test
    add(kills);
    CampaignPhase faults = new CampaignPhase("tests of kills, faults and shutdown");
    TestRuns.until(
        part(0.3),
        faults,
        RobustIT.class,
        ShutdownIT.class,
        BadInputIT.class,
        NfcFailuresIT.class,
        NbdPluginIT.class,
        VddkIT.class);
    add(faults);
  }

  private void connections() throws IOException, InterruptedException {
    CampaignPhase phase = new CampaignPhase("1,000 connections");
    new ThousandConnections(box).run(part(0.15), phase);
    add(phase);
  }

  /** Runs until the end, so that memory is seen over all of the time. */
  private List<CampaignPhase> soak(CountDownLatch alone) {
    try (Soak soak = new Soak(soaked, new Random(seed))) {
      return soak.run(start.plus(TIME), alone);
    } catch (IOException | InterruptedException | AssertionError e) {
      CampaignPhase phase = new CampaignPhase("soak");
      phase.failed("soak: " + e);
      return List.of(phase.ended());
    }
  }

  private void add(CampaignPhase phase) {
    phases.add(phase.ended());
    report();
  }

  /** When that part of the time that is left will have passed. */
  private Instant part(double part) {
    Duration left = Duration.between(Instant.now(), start.plus(TIME));
    return Instant.now().plusMillis((long) (left.toMillis() * part));
  }

  private List<CampaignPhase> fuzz() {
    List<CampaignPhase> all = new ArrayList<>();
    Duration each = TIME.dividedBy(FuzzTarget.ALL.size());
    for (FuzzTarget target : FuzzTarget.ALL) {
      CampaignPhase phase = new CampaignPhase("fuzz " + target.simpleName());
      try {
        new FuzzRun(target, folder, phase).run(each);
      } catch (IOException | InterruptedException | AssertionError e) {
        phase.failed(target + ": " + e);
      }
      all.add(phase.ended());
    }
    return all;
  }

  /** Written after each phase: a machine may stop before the last. */
  private void report() {
    String table =
        CampaignPhase.HEADER
            + phases.stream().map(CampaignPhase::row).collect(Collectors.joining());
    String failures =
        phases.stream()
            .flatMap(phase -> phase.failures().stream())
            .collect(Collectors.joining("\n\n"));
    System.out.println(table + failures);
    try {
      Files.createDirectories(folder);
      Files.writeString(folder.resolve("table.md"), table);
      Files.writeString(folder.resolve("failures.txt"), failures);
    } catch (IOException e) {
      throw new AssertionError("cannot write the table", e);
    }
  }
}
