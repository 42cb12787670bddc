package org.nbdcore.filter.torture;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nbdcore.chain.Chain;
import org.nbdcore.chain.ChainBuilder;
import org.nbdcore.client.ConnectOptions;
import org.nbdcore.client.NbdClient;
import org.nbdcore.filter.blocksize.BlocksizeFilterProvider;
import org.nbdcore.filter.cache.CacheFilterProvider;
import org.nbdcore.filter.cacheextents.CacheextentsFilterProvider;
import org.nbdcore.filter.count.CountFilterProvider;
import org.nbdcore.filter.multiconn.MultiConnFilterProvider;
import org.nbdcore.filter.readahead.ReadaheadFilterProvider;
import org.nbdcore.filter.retry.RetryFilterProvider;
import org.nbdcore.server.NbdServer;
import org.nbdcore.server.ServerOptions;
import org.nbdcore.spi.Backend;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.FilterProvider;
import org.nbdcore.spi.PluginProvider;
import org.nbdcore.spi.Support;
import org.nbdcore.testkit.Backends;
import org.nbdcore.testkit.Configs;
import org.nbdcore.testkit.ModelDevice;
import org.nbdcore.testkit.RandomRequests;
import org.nbdcore.testkit.SimulatedAsyncDevice;
import org.nbdcore.testkit.TestProviders;
import org.nbdcore.testkit.TrackedBackend;

/**
 * Clients that check every byte of a server whose disk keeps failing below the retry filter. They
 * see no wrong byte, no error and no request that hangs, and nothing is leaked.
 */
@Timeout(240)
final class RetryTortureTest {

  /** Duration of the long tests; a run of several minutes finds more. */
  private static final int LONG_MILLIS = Integer.getInteger("torture.millis", 6_000);

  private static final int CONNECTIONS = 16;
  private static final int THREADS = 3 * CONNECTIONS;
  private static final int SIZE = 1 << 20;

  @ParameterizedTest
  @ValueSource(strings = {"", "blocksize", "readahead", "cache", "multi-conn"})
  void clientsDoNotNoticeFailures(String above) throws Exception {
    torture(above, false, 1_200, 250);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "cacheextents multi-conn count"})
  void clientsDoNotNoticeFailuresOfAnAsyncDisk(String above) throws Exception {
    torture(above, true, 1_200, 250);
  }

  @Test
  @Tag("long")
  void clientsDoNotNoticeFailuresInALongRun() throws Exception {
    torture("multi-conn cache readahead blocksize", false, LONG_MILLIS, 1_000);
  }

  @Test
  @Tag("long")
  void clientsDoNotNoticeFailuresOfAnAsyncDiskInALongRun() throws Exception {
    torture("multi-conn cacheextents blocksize", true, LONG_MILLIS, 1_000);
  }

  private static void torture(String above, boolean async, int millis, int millisToLive)
      throws Exception {
    Leaks leaks = new Leaks();
    serve(above, async, millis, millisToLive); // its objects are unreachable afterwards
    leaks.check();
  }

  private static void serve(String above, boolean async, int millis, int millisToLive)
      throws Exception {
    long seed = new Random().nextLong();
    ModelDevice model =
        new ModelDevice(SIZE, ModelDevice.everything().withCache(Support.EMULATE))
            .fillRandomly(seed);
    TrackedBackend below = Backends.of(model);
    FlakyDisk flaky = new FlakyDisk(below, seed);
    TrackedBackend disk =
        Backends.tracked(
            async ? request -> new SimulatedAsyncDevice(flaky.open(request), seed) : flaky);
    try (NbdServer server = NbdServer.start(chain(above, disk), options())) {
      CountDownLatch stop = new CountDownLatch(1);
      Thread killer = new Thread(() -> kill(flaky, stop, millisToLive), "killer");
      killer.start();
      try {
        exercise(server, flaky, model, seed, millis);
      } finally {
        stop.countDown();
        killer.join();
      }
    }
    assertThat(model.violations()).as("seed %d", seed).isEmpty();
    assertThat(below.violations()).as("seed %d", seed).isEmpty();
    assertThat(disk.violations()).as("seed %d", seed).isEmpty();
    assertThat(below.open()).as("devices left open").isZero();
  }

  private static Chain chain(String above, Backend disk) throws Exception {
    ChainBuilder builder = Chain.builder();
    for (String name : above.isEmpty() ? new String[0] : above.split(" ")) {
      switch (name) {
        case "blocksize" -> add(builder, new BlocksizeFilterProvider(), "minblock=512");
        case "readahead" -> add(builder, new ReadaheadFilterProvider(), "readahead-memory=4M");
        case "cache" ->
            add(
                builder,
                new CacheFilterProvider(),
                "cache-min-block-size=4K",
                "cache-max-size=200K",
                "cache-on-read=true");
        case "cacheextents" -> add(builder, new CacheextentsFilterProvider());
        case "count" -> add(builder, new CountFilterProvider());
        default -> add(builder, new MultiConnFilterProvider(), "multi-conn-mode=emulate");
      }
    }
    add(
        builder,
        new RetryFilterProvider(),
        "retries=30",
        "retry-delay=1ms",
        "retry-exponential=false");
    PluginProvider plugin = TestProviders.plugin("model", () -> disk::open);
    return builder.plugin(plugin, Configs.of(List.of())).build();
  }

  private static void add(ChainBuilder builder, FilterProvider provider, String... parameters)
      throws Exception {
    builder.filter(provider, Configs.of(provider.parameters(), parameters));
  }

  private static ServerOptions options() {
    return ServerOptions.defaults(
        List.of(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)));
  }

  private static void kill(FlakyDisk flaky, CountDownLatch stop, int millisToLive) {
    try {
      while (!stop.await(millisToLive, TimeUnit.MILLISECONDS)) {
        flaky.die();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Runs for the given time, and on a slow machine until enough calls have failed. */
  private static void exercise(
      NbdServer server, FlakyDisk flaky, ModelDevice model, long seed, int millis)
      throws Exception {
    long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
    List<BlockDevice> devices = new ArrayList<>();
    try {
      for (int i = 0; i < CONNECTIONS; i++) {
        devices.add(
            new ClientDevice(
                NbdClient.connect(server.addresses().get(0), ConnectOptions.defaults())));
      }
      byte[] shadow = model.contents();
      for (long round = 0; System.nanoTime() < deadline || !flaky.hasFailedEnough(); round++) {
        RandomRequests.run(devices, shadow, THREADS, 40, seed + round);
      }
      devices.get(0).flush();
      RandomRequests.compare("what reached the disk", model.contents(), shadow);
    } finally {
      for (BlockDevice device : devices) {
        device.close();
      }
    }
  }
}
