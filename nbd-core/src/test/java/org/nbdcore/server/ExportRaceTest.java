package org.nbdcore.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.nbdcore.chain.Chain;
import org.nbdcore.spi.StartContext;
import org.nbdcore.testkit.Backends;
import org.nbdcore.testkit.ModelDevice;
import org.nbdcore.testkit.RawNbdClient;

/** Exports that several threads add, replace, remove and open, while the server stops. */
@Tag("stress")
@Timeout(120)
final class ExportRaceTest extends ExportsTest {

  private static final String[] NAMES = {"a", "b", "c", "*"};

  private final Queue<TestPlugin> plugins = new ConcurrentLinkedQueue<>();
  private final Queue<Throwable> unexpected = new ConcurrentLinkedQueue<>();

  private Chain chain(boolean broken) throws Exception {
    TestPlugin plugin =
        new TestPlugin(Backends.of(new ModelDevice(512))) {
          @Override
          public void start(StartContext context) throws IOException {
            super.start(context);
            if (broken) {
              throw new IOException("broken");
            }
          }
        };
    plugins.add(plugin);
    return TestServer.chain(plugin);
  }

  private ServerExport export(Random random, Queue<ServerExport> used) throws Exception {
    String name = NAMES[random.nextInt(NAMES.length)];
    ServerExport again = random.nextInt(4) == 0 ? used.peek() : null;
    Chain chain = again == null ? chain(random.nextInt(5) == 0) : again.chain();
    ServerExport export = ServerExport.of(name, chain).withLazy(random.nextInt(3) == 0);
    used.add(export);
    return export;
  }

  private void step(NbdServer server, Random random, Queue<ServerExport> used) throws Exception {
    try {
      switch (random.nextInt(5)) {
        case 0 -> server.addExport(export(random, used));
        case 1 -> server.replaceExport(export(random, used));
        case 2 -> server.removeExport(NAMES[random.nextInt(NAMES.length)]);
        case 3 -> server.exports().forEach(status -> assertThat(status.name()).isNotNull());
        default -> {
          try (RawNbdClient client = connect(server)) {
            client.go(NAMES[random.nextInt(NAMES.length)]);
          } catch (AssertionError e) {
            // refused: there is no such export, or it is broken
          }
        }
      }
    } catch (IOException | IllegalStateException | NoSuchElementException e) {
      // broken, in use, a name that is taken or missing, or the server is stopping
    }
  }

  @Test
  void everyChainStartsAtMostOnceAndIsClosedOnce() throws Exception {
    for (int round = 0; round < 150; round++) {
      race(round);
    }
  }

  private void race(int seed) throws Exception {
    plugins.clear();
    ServerExport first = ServerExport.of("a", chain(false));
    NbdServer server =
        builder().export(first).export(ServerExport.of("*", chain(false)).withLazy(true)).start();
    Queue<ServerExport> used = new ConcurrentLinkedQueue<>(List.of(first));
    CountDownLatch go = new CountDownLatch(1);
    AtomicInteger steps = new AtomicInteger();
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      Random random = new Random(seed * 10L + i);
      Thread thread =
          new Thread(
              () -> {
                try {
                  go.await();
                  for (int n = 0; n < 15; n++) {
                    step(server, random, used);
                    steps.incrementAndGet();
                  }
                } catch (Exception | Error e) {
                  unexpected.add(e);
                }
              });
      threads.add(thread);
      thread.start();
    }
    go.countDown();
    while (steps.get() < seed % 60) {
      Thread.onSpinWait();
    }
    server.close();
    for (Thread thread : threads) {
      TimeUnit.SECONDS.timedJoin(thread, 30);
      assertThat(thread.isAlive()).isFalse();
    }
    assertThat(unexpected).isEmpty();
    for (TestPlugin plugin : plugins) {
      assertThat(plugin.starts.get()).as("starts, seed %d", seed).isLessThanOrEqualTo(1);
      assertThat(plugin.closes.get()).as("closes, seed %d", seed).isEqualTo(1);
    }
    assertThat(server.hanging()).isEmpty();
  }
}
