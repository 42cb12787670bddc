package org.nbdcore.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.nbdcore.server.memory.ConnectionBudget;
import org.nbdcore.server.memory.SlabPool;

/** Which clients the server drops when memory is short, and in which order. */
final class MemoryReclaimerTest {

  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);
  private static final long MIB = 1 << 20;

  private final List<String> dropped = new ArrayList<>();

  private final class Client implements MemoryHolder {
    private final String name;
    private final long held;
    private final long stalled;
    private final long transfer;

    Client(String name, long held, long stalled, long transfer) {
      this.name = name;
      this.held = held;
      this.stalled = stalled;
      this.transfer = transfer;
    }

    @Override
    public long held() {
      return held;
    }

    @Override
    public long stalledNanos() {
      return stalled;
    }

    @Override
    public long transferNanos() {
      return transfer;
    }

    @Override
    public boolean competesWith(ConnectionBudget other) {
      return name.endsWith("of the export");
    }

    @Override
    public void drop(String why) {
      dropped.add(name);
    }
  }

  private List<String> dropped(long wanted, Client... clients) {
    new MemoryReclaimer(Arrays.asList(clients)).run(wanted);
    return dropped;
  }

  @Test
  void aClientIsDroppedAfterItStallsForFiveSeconds() {
    assertThat(
            dropped(
                64 * MIB,
                new Client("not yet", MIB, 5 * SECOND, 5 * SECOND),
                new Client("stalled", MIB, 5 * SECOND + 1, 5 * SECOND + 1)))
        .containsExactly("stalled");
  }

  /** A client that sends a little now and then never stalls. */
  @Test
  void aSlowClientIsDroppedAfterTenSeconds() {
    assertThat(
            dropped(
                64 * MIB,
                new Client("not yet", MIB, 0, 10 * SECOND),
                new Client("slow", MIB, 0, 10 * SECOND + 1)))
        .containsExactly("slow");
  }

  @Test
  void anExportsLimitDropsOnlyClientsOfThatExport() {
    Client elsewhere = new Client("elsewhere", MIB, 60 * SECOND, 60 * SECOND);
    Client own = new Client("one of the export", MIB, 60 * SECOND, 60 * SECOND);
    SlabPool pool = new SlabPool(128 * MIB, 0, wanted -> {});
    new MemoryReclaimer(List.of(elsewhere, own))
        .forExport()
        .reclaim(new ConnectionBudget(pool), 64 * MIB);
    assertThat(dropped).containsExactly("one of the export");
  }

  /** The server drops clients only every half second. */
  @Test
  void waitingForAnExportsLimitDoesNotUseUpTheTurnOfThePool() {
    Client elsewhere = new Client("elsewhere", MIB, 60 * SECOND, 60 * SECOND);
    SlabPool pool = new SlabPool(128 * MIB, 0, wanted -> {});
    MemoryReclaimer reclaimer = new MemoryReclaimer(List.of(elsewhere));
    reclaimer.forExport().reclaim(new ConnectionBudget(pool), MIB);
    assertThat(dropped).isEmpty();
    reclaimer.run(MIB);
    assertThat(dropped).containsExactly("elsewhere");
  }

  @Test
  void aClientThatHoldsNoMemoryIsNotDropped() {
    assertThat(dropped(64 * MIB, new Client("idle", 0, 60 * SECOND, 60 * SECOND))).isEmpty();
  }

  @Test
  void clientsAreDroppedByMemoryTimesDurationUntilEnoughIsFree() {
    assertThat(
            dropped(
                40 * MIB,
                new Client("little, long", MIB, 0, 600 * SECOND),
                new Client("most", 32 * MIB, 0, 20 * SECOND),
                new Client("much, longer", 16 * MIB, 0, 60 * SECOND),
                new Client("much", 16 * MIB, 0, 30 * SECOND)))
        .containsExactly("much, longer", "most");
  }

  /** The next chance comes only half a second later. */
  @Test
  void manyClientsThatHoldLittleAreDroppedAtOnce() {
    Client[] clients = new Client[40];
    Arrays.setAll(clients, i -> new Client("client " + i, MIB, 0, 20 * SECOND));
    assertThat(dropped(4096, clients)).hasSize(16);
  }
}
