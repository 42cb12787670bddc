package org.nbdcore.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.nbdcore.testkit.vsphere.EsxFixture;
import org.nbdcore.testkit.vsphere.FakeMachine;
import org.nbdcore.testkit.vsphere.FakeVsphere;
import org.nbdcore.testkit.vsphere.NfcFaults;

/** A snapshot's files, read over HTTPS by third-party clients. */
@Tag("heavy")
class HttpsEngineIT {

  private static final int SIZE = 8 << 20;
  private static final int GRAIN = 4096;
  private static final int BLOCK = 128 << 10; // of the plugin's requests for short reads

  @RegisterExtension final Sandbox box = new Sandbox();

  private final byte[] expected = new byte[SIZE];
  private final AtomicInteger requests = new AtomicInteger();
  private FakeVsphere vsphere;
  private Path original;

  /** Every second grain is in the snapshot's file, its neighbours are in the flat file below. */
  @BeforeEach
  void start() throws IOException {
    Random random = new Random(17);
    Path web = Files.createDirectories(box.file("datastores").resolve("store/web"));
    random.nextBytes(expected);
    Files.write(web.resolve("web-flat.vmdk"), expected);
    int sectors = SIZE / 512;
    Files.writeString(
        web.resolve("web.vmdk"),
        EsxFixture.descriptor("a1", "ffffffff", null, "RW " + sectors + " VMFS \"web-flat.vmdk\""));
    EsxFixture delta = new EsxFixture(sectors);
    for (int grain = 0; grain < SIZE / GRAIN; grain += 2) {
      byte[] data = new byte[GRAIN];
      random.nextBytes(data);
      delta.grains.put((long) grain, data);
      System.arraycopy(data, 0, expected, grain * GRAIN, GRAIN);
    }
    Files.write(web.resolve("web-000002-sesparse.vmdk"), delta.seSparse());
    Files.writeString(
        web.resolve("web-000002.vmdk"),
        EsxFixture.descriptor(
            "a2", "a1", "web.vmdk", "RW " + sectors + " SESPARSE \"web-000002-sesparse.vmdk\""));
    vsphere =
        FakeVsphere.start(new NfcFaults())
            .datastores(box.file("datastores"))
            .beforeRange(requests::incrementAndGet);
    FakeMachine machine = new FakeMachine("vm-16", "web", box.file("."), SIZE, false);
    machine.leaveSnapshot("first", "");
    vsphere.machine(machine);
    original = Files.write(box.file("original"), expected);
  }

  @AfterEach
  void stop() throws IOException {
    vsphere.close();
    assertThat(vsphere.clientFaults()).isEmpty();
  }

  private Server serve() throws IOException {
    List<String> words = new ArrayList<>(List.of("vddk", "engine=https", "vm=web", "disk=1"));
    words.addAll(vsphere.login(box.file(".")));
    return box.serve(words.toArray(String[]::new));
  }

  /** Few requests in flight, so that no block is requested twice. */
  @Test
  void nbdcopyReadsScatteredGrainsInFewRequests() throws Exception {
    Server server = serve();
    int before = requests.get();
    Path copy = box.file("copy");
    box.run(Client.NBDCOPY, "--connections=1", "--requests=4", server.uri(), copy.toString())
        .succeeded();
    SampleDisk.assertSame(copy, original);
    int blocks = (SIZE + SIZE / 2) / BLOCK; // of the flat file and of the snapshot's
    assertThat(requests.get() - before).isBetween(blocks, blocks + 8);
    server.stop();
  }

  @Test
  void qemuReadsTheDiskAndCannotWrite() throws Exception {
    Server server = serve();
    Path copy = box.file("copy");
    box.run(Client.QEMU_IMG, "convert", "-f", "raw", "-O", "raw", server.uri(), copy.toString())
        .succeeded();
    assertThat(Arrays.equals(Files.readAllBytes(copy), expected)).isTrue();
    Ran refused = box.run(Client.QEMU_IO, "-f", "raw", "-c", "write 0 4k", server.uri());
    assertThat(refused.status()).isNotZero();
    server.stop();
  }
}
