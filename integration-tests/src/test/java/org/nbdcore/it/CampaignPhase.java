package org.nbdcore.it;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What one phase of the {@link ReliabilityCampaign} did: a row of its table. */
final class CampaignPhase {

  static final String HEADER =
      """
      | phase | runs | failures | minutes | processor minutes | resident, MiB (most) | threads | descriptors |
      | --- | --- | --- | --- | --- | --- | --- | --- |
      """;

  private final String name;
  private final Instant start = Instant.now();
  private final List<String> failures = new ArrayList<>();
  private long runs;
  private Duration elapsed = Duration.ZERO;
  private Duration processor;
  private Usage first;
  private Usage last;
  private long mostResident;

  CampaignPhase(String name) {
    this.name = name;
  }

  synchronized void ran(long more) {
    runs += more;
  }

  synchronized void failed(String what) {
    failures.add(what);
  }

  /** What the process of this phase uses; the first call counts as "first", the last as "last". */
  synchronized void used(Usage usage) {
    first = first == null ? usage : first;
    last = usage;
    mostResident = Math.max(mostResident, usage.resident());
  }

  synchronized void processor(Duration time) {
    processor = time;
  }

  /** Ends the phase. A phase in which nothing ran has failed. */
  synchronized CampaignPhase ended() {
    if (runs == 0 && failures.isEmpty()) {
      failed("nothing ran in the phase: " + name);
    }
    elapsed = Duration.between(start, Instant.now());
    return this;
  }

  synchronized long runs() {
    return runs;
  }

  synchronized List<String> failures() {
    return List.copyOf(failures);
  }

  /** The row, in Markdown. */
  synchronized String row() {
    return String.format(
        Locale.ROOT,
        "| %s | %,d | %d | %.1f | %s | %s | %s | %s |%n",
        name,
        runs,
        failures.size(),
        minutes(elapsed),
        processor == null ? "" : String.format(Locale.ROOT, "%.1f", minutes(processor)),
        first == null ? "" : memory(),
        first == null ? "" : first.threads() + " → " + last.threads(),
        first == null ? "" : first.descriptors() + " → " + last.descriptors());
  }

  private static double minutes(Duration time) {
    return time.toMillis() / 60_000.0;
  }

  private String memory() {
    return String.format(
        Locale.ROOT,
        "%d → %d (%d)",
        first.resident() >> 20,
        last.resident() >> 20,
        mostResident >> 20);
  }
}
