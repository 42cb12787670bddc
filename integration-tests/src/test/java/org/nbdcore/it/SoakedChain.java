package org.nbdcore.it;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** A server that the campaign uses until its end, and what it has used after each round. */
final class SoakedChain {

  /** Rounds until the JVM has loaded, compiled and grown all that it needs. */
  private static final int WARM = 4;

  private static final int ENOUGH = 4 * WARM;

  private final String name;
  private final boolean writable;
  private final Server server;
  private final CampaignPhase phase;
  private final List<Usage> samples = new ArrayList<>();
  private final List<Long> direct = new ArrayList<>();

  SoakedChain(String name, boolean writable, Server server) {
    this.name = name;
    this.writable = writable;
    this.server = server;
    this.phase = new CampaignPhase("soak: " + name);
  }

  Server server() {
    return server;
  }

  boolean writable() {
    return writable;
  }

  CampaignPhase phase() {
    return phase;
  }

  /** Counts a round, and what the server uses after it, without a client. */
  void ran(long runs) throws IOException, InterruptedException {
    phase.ran(runs);
    Scraped metrics = Scraped.of(server);
    long buffers = metrics.value("nbd_buffer_memory_bytes");
    if (buffers != 0) {
      phase.failed(name + ": requests use " + buffers + " bytes, but there is no client");
    }
    direct.add(metrics.value("jvm_buffer_pool_used_bytes{pool=\"direct\"}"));
    Usage usage = Usage.of(server.pid());
    samples.add(usage);
    if (samples.size() >= WARM) {
      phase.used(usage);
    }
    phase.processor(Usage.processor(server.pid()));
  }

  /** Holds the last quarter of the rounds to what the second one used. */
  void judge() {
    if (samples.size() < ENOUGH) {
      return; // a campaign of a few minutes
    }
    assertNoGrowth("resident bytes", 1.25, samples.stream().map(Usage::resident).toList());
    assertNoGrowth("threads", 1.25, samples.stream().map(usage -> (long) usage.threads()).toList());
    assertNoGrowth(
        "descriptors", 1.1, samples.stream().map(usage -> (long) usage.descriptors()).toList());
    assertNoGrowth("bytes of direct memory", 1.25, direct);
  }

  private void assertNoGrowth(String what, double factor, List<Long> values) {
    int quarter = values.size() / 4;
    long early = median(values.subList(quarter, 2 * quarter));
    long late = median(values.subList(values.size() - quarter, values.size()));
    if (late > early * factor + 2) {
      phase.failed(name + ": the median of its " + what + " grew from " + early + " to " + late);
    }
  }

  private static long median(List<Long> values) {
    return values.stream().sorted().skip(values.size() / 2).findFirst().orElse(0L);
  }
}
