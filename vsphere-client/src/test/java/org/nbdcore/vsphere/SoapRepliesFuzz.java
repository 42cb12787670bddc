package org.nbdcore.vsphere;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import org.nbdcore.testkit.vsphere.FakeMachine;
import org.nbdcore.testkit.vsphere.FakeVsphere;
import org.nbdcore.testkit.vsphere.MessageMutator;
import org.nbdcore.testkit.vsphere.NfcFaults;

/**
 * Fuzzes the client with damaged answers of a fake vCenter. A seed is one session; see
 * docs/fuzzing.md.
 */
public final class SoapRepliesFuzz implements AutoCloseable {

  private static final int SIZE = 1 << 20;
  private static final Duration TIMEOUT = Duration.ofSeconds(5);

  /** A task whose state is nonsense would be asked for again until this has passed. */
  private static final Duration TASK_LIMIT = Duration.ZERO;

  private final FakeVsphere vsphere;

  SoapRepliesFuzz(Path folder) throws IOException {
    vsphere = FakeVsphere.start(new NfcFaults());
    FakeMachine machine = new FakeMachine("vm-16", "web", folder, SIZE, false).addDisk(SIZE);
    machine.track().guestWrites(ByteBuffer.allocate(512).putLong(0, 1), 1 << 17);
    machine.leaveSnapshot("before", "by hand");
    vsphere.machine(machine).pageSize(1);
    vsphere.machine(new FakeMachine("vm-17", "db", folder, SIZE, true));
  }

  /**
   * Runs one session.
   *
   * @return why it failed, or an empty text if it did not
   */
  String run(long seed) {
    Random random = new Random(seed);
    int oneIn = 2 + random.nextInt(30);
    vsphere.mutator(
        random.nextInt(4) == 0
            ? new MessageMutator(seed, oneIn)
            : new XmlMutator(new Random(seed), oneIn));
    VsphereOptions options =
        VsphereOptions.of("localhost")
            .withPort(vsphere.port())
            .withThumbprint(vsphere.thumbprint())
            .withTimeout(TIMEOUT)
            .withLogin(FakeVsphere.USER, FakeVsphere.PASSWORD.toCharArray());
    try (VsphereClient client = VsphereClient.connect(options)) {
      use(client, random);
      return "";
    } catch (IOException e) {
      return String.valueOf(e.getMessage());
    } finally {
      vsphere.endSessions();
      vsphere.calls().clear();
      vsphere.violations().clear();
    }
  }

  /** Makes some calls: which ones is random. */
  static void use(VsphereClient client, Random random) throws IOException {
    Inventory inventory = client.inventory();
    String[] names = {"web", "/dc one/vm/web", "moref=vm-16", "db"};
    MoRef ref = inventory.find(names[random.nextInt(names.length)]);
    VirtualMachine machine = inventory.machine(ref);
    DiskSelector.select("1", machine.disks());
    inventory.datacenterOf(ref);
    switch (random.nextInt(4)) {
      case 0 -> inventory.list();
      case 1 -> {
        client.nfcTickets().forReading(ref);
        client.nfcTickets().libraryVersion(machine.host().orElse(ref));
      }
      case 2 -> {
        MoRef snapshot = client.snapshots().create(ref, "fuzz", "", false, TASK_LIMIT);
        inventory.disksOf(snapshot);
        client.snapshots().remove(snapshot, TASK_LIMIT);
      }
      default -> {
        ByteBuffer dst = ByteBuffer.allocate(4096);
        client.files().size("dc one", "[store] web/web-flat.vmdk");
        client.files().read("dc one", "[store] web/web-flat.vmdk", 512, dst);
      }
    }
    for (VirtualDisk disk : machine.disks()) {
      client
          .changeTracking()
          .query(ref, Optional.empty(), disk.key(), disk.capacity(), "*", (start, length) -> {});
    }
  }

  @Override
  public void close() throws IOException {
    vsphere.close();
  }

  /** Fuzzes for the given seconds, starting with the given seed, and prints a summary. */
  public static void main(String[] words) throws IOException {
    long end = System.nanoTime() + Long.parseLong(words[0]) * 1_000_000_000L;
    long seed = Long.parseLong(words[1]);
    Map<String, Integer> ends = new TreeMap<>();
    long slowest = 0;
    try (SoapRepliesFuzz fuzz = new SoapRepliesFuzz(Files.createTempDirectory("soap-fuzz"))) {
      for (; System.nanoTime() < end; seed++) {
        long start = System.nanoTime();
        try {
          String why = fuzz.run(seed).replaceAll("\\d+|'[^']*'", "N");
          ends.merge(why.substring(0, Math.min(90, why.length())), 1, Integer::sum);
        } catch (RuntimeException | Error e) {
          System.out.println("FAILED seed " + seed);
          e.printStackTrace(System.out);
        }
        slowest = Math.max(slowest, System.nanoTime() - start);
      }
    }
    ends.forEach((text, count) -> System.out.println(count + " " + text));
    System.out.printf(Locale.ROOT, "up to seed %d; slowest %d ms%n", seed, slowest / 1_000_000);
  }
}
