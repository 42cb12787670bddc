package org.nbdcore.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nbdcore.protocol.Command;
import org.nbdcore.server.memory.SlabPool;
import org.nbdcore.testkit.FaultPlan;
import org.nbdcore.testkit.FaultyDevice;
import org.nbdcore.testkit.HeldCall;
import org.nbdcore.testkit.ModelDevice;
import org.nbdcore.testkit.Operation;
import org.nbdcore.testkit.RawNbdClient;
import org.nbdcore.testkit.RawNbdClient.SimpleReply;

/** The limit of an export for the data of its requests in progress. */
@Timeout(120)
final class MaxInFlightTest extends ExportsTest {

  /** The class is not visible here. */
  private static final String MEMORY_WAITERS = SlabPool.class.getPackageName() + ".MemoryWaiters";

  private static final int LIMIT = 1 << 20;

  private final FaultPlan plan = new FaultPlan();
  private final WatchedDevice.Meter meter = new WatchedDevice.Meter();

  private NbdServer start() throws Exception {
    WatchedDevice device =
        new WatchedDevice(new FaultyDevice(new ModelDevice(2 * LIMIT), plan), meter, nth -> {});
    ServerExport limited = ServerExport.of("limited", TestServer.chain(TestPlugin.of(device)));
    return builder()
        .export(limited.withMaxInFlight(LIMIT))
        .export(ServerExport.of("free", TestServer.chain(disk(LIMIT))))
        .start();
  }

  private static RawNbdClient client(NbdServer server, String export) throws IOException {
    RawNbdClient client = connect(server);
    client.go(export);
    return client;
  }

  private static void read(RawNbdClient client, long cookie, int length) throws IOException {
    client.request(0, Command.READ, cookie, 0, length);
    assertRead(client, cookie, length);
  }

  private static void assertRead(RawNbdClient client, long cookie, int length) throws IOException {
    assertThat(client.simpleReply()).isEqualTo(new SimpleReply(0, cookie));
    client.receive(length);
  }

  private static boolean waitsForMemory() {
    return Thread.getAllStackTraces().values().stream()
        .anyMatch(
            stack ->
                Arrays.stream(stack)
                    .anyMatch(
                        frame ->
                            frame.getClassName().equals(MEMORY_WAITERS)
                                && frame.getMethodName().equals("await")));
  }

  @ParameterizedTest
  @EnumSource(names = {"READ", "WRITE"})
  void requestsOverTheLimitWaitForThoseOfOtherClients(Operation operation) throws Exception {
    HeldCall held = plan.holdNth(operation, 1);
    try (NbdServer server = start();
        RawNbdClient first = client(server, "limited");
        RawNbdClient second = client(server, "limited");
        RawNbdClient third = client(server, "limited");
        RawNbdClient elsewhere = client(server, "free")) {
      if (operation == Operation.READ) {
        first.request(0, Command.READ, 1, 0, LIMIT);
      } else {
        first.request(0, Command.WRITE, 1, 0, new byte[LIMIT]);
      }
      held.awaitArrival();
      second.request(0, Command.READ, 2, 0, LIMIT);
      await().atMost(TestServer.TIMEOUT).until(MaxInFlightTest::waitsForMemory);
      read(third, 3, 512); // does not count
      read(elsewhere, 4, LIMIT);
      assertThat(meter.calls()).as("the first and the short request").isEqualTo(2);
      held.release();
      assertThat(first.simpleReply()).isEqualTo(new SimpleReply(0, 1));
      if (operation == Operation.READ) {
        first.receive(LIMIT);
      }
      assertRead(second, 2, LIMIT);
    }
  }

  @Test
  void aSingleRequestOverTheLimitIsServed() throws Exception {
    try (NbdServer server = start();
        RawNbdClient client = client(server, "limited")) {
      read(client, 1, 2 * LIMIT);
    }
  }

  /** The client's own input must not count, or the client would wait for itself. */
  @Test
  void aClientMayUseTheFullLimitDuringItsSlowRequest() throws Exception {
    HeldCall held = plan.holdNth(Operation.FLUSH, 1);
    try (NbdServer server = start();
        RawNbdClient client = client(server, "limited")) {
      client.request(0, Command.FLUSH, 1, 0, 0);
      held.awaitArrival();
      read(client, 2, LIMIT);
      held.release();
      assertThat(client.simpleReply()).isEqualTo(new SimpleReply(0, 1));
    }
  }
}
