package org.nbdcore.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nbdcore.testkit.vsphere.FakeMachine;
import org.nbdcore.testkit.vsphere.FakeVsphere;
import org.nbdcore.testkit.vsphere.NfcFaults;

/** A disk of a fake vCenter without VMware's library: clients, server, vSphere API, NFC, a file. */
@Tag("heavy")
class NfcIT extends SampleDiskClients {

  @TempDir static Path shared;
  private static Path raw;
  private static long size;

  private final NfcFaults faults = new NfcFaults();
  private FakeVsphere vsphere;
  private FakeMachine machine;

  @BeforeAll
  static void makeTheDisk() throws IOException {
    raw = shared.resolve("raw");
    SampleDisk.make(raw, 50 << 20);
    size = Files.size(raw);
  }

  @BeforeEach
  void startVsphere() throws IOException {
    vsphere = FakeVsphere.start(faults);
    machine = new FakeMachine("vm-16", "web", box.file("."), size, false);
    vsphere.machine(machine);
  }

  @AfterEach
  void stopVsphere() throws IOException {
    vsphere.close();
  }

  private void fill() throws IOException {
    try (FileChannel from = FileChannel.open(raw)) {
      ByteBuffer block = ByteBuffer.allocate(1 << 20);
      for (long at = 0; at < size; at += block.capacity()) {
        from.read(block.clear(), at);
        machine.guestWrites(block.flip(), at);
      }
    }
  }

  private Server serveDisk(String... more) throws IOException {
    List<String> words = new ArrayList<>(List.of("[store] web/web.vmdk"));
    words.addAll(List.of(more));
    return serveMachine(words.toArray(String[]::new));
  }

  private Server serveMachine(String... more) throws IOException {
    List<String> words = new ArrayList<>(List.of("vddk", "engine=nfc", "vm=/dc one/vm/web"));
    words.addAll(vsphere.login(box.file(".")));
    words.add("nfchostport=" + vsphere.host().port());
    words.addAll(List.of(more));
    return box.serve(words.toArray(new String[0]));
  }

  @Override
  Path original() {
    return raw;
  }

  @Override
  Server serve() throws IOException {
    fill();
    return serveDisk("-r", "--filter=retry", "--filter=blocksize", "minblock=512");
  }

  @Override
  Server serveSectors() throws IOException {
    fill();
    return serveDisk("-r", "transports=nbd");
  }

  @Override
  void stop(Server server) throws Exception {
    assertThat(server.stop().err().lines().toList())
        .as("what the server says")
        .hasSize(1)
        .allMatch(line -> line.contains("engine=nfc"));
    assertThat(vsphere.clientFaults()).isEmpty();
    assertThat(vsphere.host().connections()).isZero();
    assertThat(vsphere.host().events()).noneMatch(event -> event.startsWith("left open"));
  }

  @Test
  void theMapHasTheHolesThatTheHostReports() throws Exception {
    Server server = serve();
    MapTotals totals = totals(server);
    assertThat(totals.sum()).isEqualTo(size);
    assertThat(totals.of(MapTotals.HOLE_AND_ZERO)).isEqualTo(SampleDisk.zeroGrains(raw));
    stop(server);
  }

  @Test
  void dataThatNbdcopyWritesIsOnTheDisk() throws Exception {
    Server server = serveDisk("--filter=blocksize", "minblock=512");
    box.run(Client.NBDCOPY, "--flush", raw.toString(), server.uri()).succeeded();
    stop(server);
    SampleDisk.assertSame(machine.rawFile(), raw);
  }

  @Test
  void fourConnectionsOfQemuReadTheDisk() throws Exception {
    faults.latencyMicros(1000);
    Server server = serve();
    Path copy = box.file("copy");
    box.run(
            Client.QEMU_IMG,
            "convert",
            "-W",
            "-m",
            "16",
            "-f",
            "raw",
            "-O",
            "raw",
            server.uri(),
            copy.toString())
        .succeeded();
    SampleDisk.assertSame(copy, raw);
    stop(server);
  }

  /** As docs/vddk.md says. */
  @Test
  void aSecondCopyReadsOnlyTheChangedRanges() throws Exception {
    fill();
    machine.track();
    Path ids = box.file("web.ids");
    Path copy = box.file("web.raw");
    Server first = serveMachine("disk=1", "snapshot=create", "change-id-file=" + ids);
    box.run(Client.NBDCOPY, first.uri(), copy.toString()).succeeded();
    stop(first);
    SampleDisk.assertSame(copy, raw);

    Random random = new Random(3);
    byte[] data = new byte[100_000];
    for (int i = 0; i < 5; i++) {
      random.nextBytes(data);
      machine.guestWrites(ByteBuffer.wrap(data), (long) random.nextInt((int) (size >> 20)) << 20);
    }
    machine.guestWrites(ByteBuffer.allocate(200_000), 0); // zeroes are a change too
    byte[] before = Files.readAllBytes(copy);
    byte[] now = Files.readAllBytes(machine.rawFile());
    int untouched = (3 << 20) - 1; // before a block, none of which begins here
    assertThat(now[untouched]).isEqualTo(before[untouched]);
    before[untouched] ^= 1;
    Files.write(copy, before);

    Server second =
        serveMachine("disk=1", "snapshot=create", "changed-since=" + ids, "changed-only=true");
    List<String> words =
        Client.NBDCOPY.with("--destination-is-zero", "--sparse=0", "--", second.uri(), "[");
    words.add(Distribution.built().command("nbd-core"));
    words.addAll(List.of("-f", "--exit-with-parent", "file", copy.toString(), "]"));
    box.run(box.ours(words), Programs.TIMEOUT).succeeded();
    stop(second);
    byte[] after = Files.readAllBytes(copy);
    assertThat(after[untouched]).as("a byte that was not copied").isEqualTo(before[untouched]);
    after[untouched] ^= 1;
    assertThat(Arrays.equals(after, now)).isTrue();
  }
}
