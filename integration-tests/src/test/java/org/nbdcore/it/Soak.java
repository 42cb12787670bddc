package org.nbdcore.it;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.nbdcore.plugin.vddk.FakeVddk;
import org.nbdcore.testkit.vsphere.FakeMachine;
import org.nbdcore.testkit.vsphere.FakeVsphere;
import org.nbdcore.testkit.vsphere.NfcFaults;

/**
 * Several chains that serve until the end of the campaign. In each round nbdcopy fills the disk and
 * reads it back, fio writes and checks blocks, and qemu-io a pattern; all bytes are compared.
 */
final class Soak implements AutoCloseable {

  private static final int SIZE = 64 << 20;

  /** With metrics, whose address only -v prints; without a line for each request. */
  private static final List<String> WATCHED =
      List.of("-v", "-D", "nbdkit.backend.datapath=0", "-D", "vddk.datapath=0", "--metrics=:0");

  private final Sandbox box;
  private final Random random;
  private final FakeVsphere vsphere = FakeVsphere.start(new NfcFaults());
  private final List<SoakedChain> chains = new ArrayList<>();
  private final Path content;
  private final Path copy;

  Soak(Sandbox box, Random random) throws IOException {
    this.box = box;
    this.random = random;
    content = box.file("content");
    copy = box.file("copy");
    newContent();
    chain("memory", true, "memory", "64M");
    chain("cow, blocksize, retry over file", true, overFile("cow", "blocksize", "retry"));
    chain("cache, readahead over file", true, overFile("cache", "readahead"));
    chain("vmdk, monolithic-sparse", true, vmdk());
    chain("vddk, a fake VDDK", false, vddk());
    chain("vddk, NFC of a fake host", false, nfc());
  }

  /** A hole in the middle, as disks have them. */
  private void newContent() throws IOException {
    byte[] bytes = new byte[SIZE];
    random.nextBytes(bytes);
    Arrays.fill(bytes, SIZE / 4, SIZE / 2, (byte) 0);
    Files.write(content, bytes);
  }

  private void chain(String name, boolean writable, String... words) throws IOException {
    List<String> all = new ArrayList<>(WATCHED);
    all.addAll(List.of(words));
    Server server = box.serve(all.toArray(String[]::new));
    chains.add(new SoakedChain(name, writable, server));
  }

  private String[] overFile(String... filters) throws IOException {
    Path disk = Files.copy(content, box.file("disk-" + filters[0]));
    return Stream.concat(
            Stream.of(filters).map(filter -> "--filter=" + filter),
            Stream.of("file", disk.toString()))
        .toArray(String[]::new);
  }

  private String[] vmdk() {
    String disk = box.file("soak.vmdk").toString();
    return new String[] {
      "vmdk", disk, "create=true", "create-size=" + SIZE, "create-type=monolithic-sparse"
    };
  }

  private String[] vddk() throws IOException {
    Path store = Files.createDirectories(box.file("ds"));
    Files.copy(content, store.resolve("disk.vmdk"));
    FakeVddk fake = FakeVddk.in(box.file("vddk")).set("datastore.dir", box.file("."));
    return new String[] {
      "-r",
      "--filter=retry",
      "vddk",
      "libdir=" + fake.libdir(),
      "server=esx",
      "user=root",
      "password=p",
      "thumbprint=" + "00:".repeat(19) + "00",
      "vm=moref=1",
      "preflight=false",
      "file=[ds] disk.vmdk"
    };
  }

  private String[] nfc() throws IOException {
    FakeMachine machine = new FakeMachine("vm-16", "web", box.file("."), SIZE, false);
    machine.guestWrites(ByteBuffer.wrap(Files.readAllBytes(content)), 0);
    vsphere.machine(machine);
    return new String[] {
      "-r",
      "--filter=retry",
      "vddk",
      "engine=nfc",
      "server=localhost",
      "port=" + vsphere.port(),
      "user=" + FakeVsphere.USER,
      "password=" + FakeVsphere.PASSWORD,
      "thumbprint=" + vsphere.thumbprint(),
      "vm=web",
      "disk=1",
      "snapshot=create",
      "preflight=false"
    };
  }

  /**
   * Uses all chains in turns until that time, and stops them.
   *
   * @param alone opened once the machine has nothing else to do; before, rounds are rarer
   */
  List<CampaignPhase> run(Instant end, CountDownLatch alone)
      throws IOException, InterruptedException {
    // What is served read-only has the first content; it is read before the content changes.
    Path first = Files.copy(content, box.file("first"));
    while (true) {
      long begin = System.nanoTime();
      newContent();
      for (SoakedChain chain : chains) {
        round(chain, first);
      }
      if (!Instant.now().isBefore(end)) {
        break;
      }
      alone.await(2 * (System.nanoTime() - begin), TimeUnit.NANOSECONDS);
    }
    for (SoakedChain chain : chains) {
      chain.judge();
      chain.server().stop();
      chain.phase().ended();
    }
    return chains.stream().map(SoakedChain::phase).toList();
  }

  private void round(SoakedChain chain, Path first) throws IOException, InterruptedException {
    String uri = chain.server().uri();
    long runs = 1;
    if (chain.writable()) {
      run(chain, Client.FIO.with(fio(uri)));
      run(chain, Client.QEMU_IO.with(qemuIo(uri)));
      run(chain, Client.NBDCOPY.with("--flush", content.toString(), uri));
      runs += 3;
    }
    run(chain, Client.NBDCOPY.with(uri, copy.toString()));
    long mismatch = Files.mismatch(copy, chain.writable() ? content : first);
    if (mismatch >= 0) {
      chain.phase().failed("what nbdcopy read differs at " + mismatch);
    }
    Files.delete(copy);
    chain.ran(runs);
  }

  private void run(SoakedChain chain, List<String> command) {
    Ran ran = box.run(box.builder(command), Programs.TIMEOUT.multipliedBy(2));
    // qemu-io reports a pattern that is not there, and exits with 0
    if (ran.status() != 0 || ran.out().contains("verification failed")) {
      chain.phase().failed(ran + chain.server().uri());
    }
  }

  private String[] fio(String uri) {
    return Fio.job(
        uri,
        "--bsrange=4k-256k",
        "--blockalign=4k",
        "--iodepth=16",
        "--size=64m",
        "--io_size=32m",
        "--verify_backlog=64",
        "--randseed=" + random.nextInt(1 << 30));
  }

  private String[] qemuIo(String uri) {
    String range = random.nextInt(SIZE / 2) / 4096 * 4096 + " 1M";
    String pattern = " -P " + (1 + random.nextInt(255)) + " " + range;
    return new String[] {
      "-f",
      "raw",
      "-c",
      "write" + pattern,
      "-c",
      "flush",
      "-c",
      "read" + pattern,
      "-c",
      "write -z " + range,
      "-c",
      "read -P 0 " + range,
      uri
    };
  }

  @Override
  public void close() throws IOException {
    vsphere.close();
  }
}
