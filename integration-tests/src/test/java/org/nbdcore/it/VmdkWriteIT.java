package org.nbdcore.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * QEMU reads the VMDK files that nbd-core writes, and the other way round: after the same random
 * requests by qemu-io, a disk and a raw file must have the same contents.
 */
@Tag("heavy")
class VmdkWriteIT {
  private static final String SIZE = "96M";
  private static final int SECTORS = 96 << 11;
  private static final int REQUESTS = 120;
  private static final int LONGEST = 900; // sectors

  @RegisterExtension final Sandbox box = new Sandbox();
  private final long seed = new Random().nextLong();
  private final Random random = new Random(seed);

  @ParameterizedTest
  @CsvSource({
    "monolithic-sparse, true",
    "monolithic-flat, false",
    "split-sparse, true",
    "split-flat, false",
    "vmfs-flat, false",
    "vmfs-thin, false",
    "vmfs-sparse, false"
  })
  void qemuReadsWhatNbdCoreWrites(String type, boolean checked) throws Exception {
    String disk = box.file("disk.vmdk").toString();
    String raw = raw();
    Server server =
        box.serve("vmdk", disk, "create=true", "create-size=" + SIZE, "create-type=" + type);
    requestBoth(server.uri(), "raw", raw);
    requestBoth(server.uri(), "raw", raw);
    stop(server);
    compare(disk, raw);
    if (checked) {
      box.run(Client.QEMU_IMG, "check", "-f", "vmdk", disk).succeeded();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "monolithicSparse",
        "monolithicFlat",
        "twoGbMaxExtentSparse",
        "twoGbMaxExtentFlat",
        "monolithicSparse,zeroed_grain=on"
      })
  void aDiskOfQemuIsWrittenByBothInTurn(String subformat) throws Exception {
    String disk = box.file("disk.vmdk").toString();
    String raw = raw();
    String[] create = {"create", "-f", "vmdk", "-o", "subformat=" + subformat, disk, SIZE};
    box.run(Client.QEMU_IMG, create).succeeded();
    for (int turn = 0; turn < 2; turn++) {
      requestBoth(disk, "vmdk", raw);
      Server server = box.serve("vmdk", disk);
      box.run(Client.QEMU_IMG, "compare", "-f", "raw", "-F", "raw", server.uri(), raw).succeeded();
      requestBoth(server.uri(), "raw", raw);
      stop(server);
      compare(disk, raw);
    }
    if (subformat.contains("Sparse")) {
      box.run(Client.QEMU_IMG, "check", "-f", "vmdk", disk).succeeded();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"monolithic-sparse", "vmfs-flat"})
  void aChainOfThreeDisksIsWrittenAtTheTop(String base) throws Exception {
    String raw = raw();
    String first = box.file("first.vmdk").toString();
    String second = box.file("second.vmdk").toString();
    String third = box.file("third.vmdk").toString();
    Server server =
        box.serve("vmdk", first, "create=true", "create-size=" + SIZE, "create-type=" + base);
    requestBoth(server.uri(), "raw", raw);
    stop(server);
    server = box.serve("vmdk", first, "snapshot=" + second);
    requestBoth(server.uri(), "raw", raw);
    stop(server);
    server = box.serve("vmdk", second, "snapshot=" + third);
    requestBoth(server.uri(), "raw", raw);
    stop(server);
    compare(third, raw);
    server = box.serve("vddk", third);
    requestBoth(server.uri(), "raw", raw);
    assertThat(server.stop().err().lines()).hasSize(1).allMatch(line -> line.contains("VDDK"));
    compare(third, raw);
  }

  @ParameterizedTest
  @ValueSource(strings = {"nbdcopy", "qemu-img"})
  void aParallelCopyCreatesAStreamOptimizedDisk(String client) throws Exception {
    String raw = raw();
    requestBoth(raw, "raw", box.file("scratch").toString());
    String disk = box.file("stream.vmdk").toString();
    Server server =
        box.serve(
            "vmdk", disk, "create=true", "create-size=" + SIZE, "create-type=stream-optimized");
    if (client.equals("nbdcopy")) {
      box.run(Client.NBDCOPY, raw, server.uri()).succeeded();
    } else {
      box.run(Client.QEMU_IMG, "convert", "-n", "-W", "-m16", "-O", "raw", raw, server.uri())
          .succeeded();
    }
    stop(server);
    compare(disk, raw);
    server = box.serve("-r", "vmdk", disk);
    box.run(Client.QEMU_IMG, "compare", "-f", "raw", "-F", "raw", server.uri(), raw).succeeded();
    stop(server);
  }

  @Test
  void fioVerifiesWhatItWrites() throws Exception {
    String disk = box.file("disk.vmdk").toString();
    Server server = box.serve("vmdk", disk, "create=true", "create-size=256M");
    box.run(Client.FIO, Fio.fourJobs(server.uri(), "--io_size=6m")).succeeded();
    stop(server);
    box.run(Client.QEMU_IMG, "check", "-f", "vmdk", disk).succeeded();
  }

  /** A child is served only as long as its parent is not changed. */
  @Test
  void aChangedParentIsRefusedWithBothCids() throws Exception {
    String parent = box.file("parent.vmdk").toString();
    String child = box.file("child.vmdk").toString();
    stop(box.serve("vmdk", parent, "create=true", "create-size=1M"));
    stop(box.serve("vmdk", parent, "snapshot=" + child));
    Server server = box.serve("vmdk", parent);
    box.run(Client.QEMU_IO, "-f", "raw", "-c", "write 0 512", server.uri()).succeeded();
    stop(server);
    Ran ran = box.nbdCore("vmdk", child, "--run", "true");
    assertThat(ran.status()).isNotZero();
    assertThat(ran.err()).contains("CID is ").contains("expected fffffffe, the parentCID of");
  }

  private String raw() {
    Path raw = box.file("raw");
    box.run(Client.QEMU_IMG, "create", "-f", "raw", raw.toString(), SIZE).succeeded();
    String scratch = box.file("scratch").toString();
    box.run(Client.QEMU_IMG, "create", "-f", "raw", scratch, SIZE).succeeded();
    return raw.toString();
  }

  /** Makes the same requests to a disk and to a raw file. */
  private void requestBoth(String disk, String format, String raw) {
    List<String> requests = requests();
    run(requests, format, disk);
    run(requests, "raw", raw);
  }

  /** A file of ours need not reach the disk; a server is asked to flush. */
  private void run(List<String> requests, String format, String disk) {
    List<String> arguments = new ArrayList<>(List.of("-f", format));
    if (disk.startsWith("/")) {
      arguments.addAll(List.of("-t", "unsafe"));
    }
    for (String request : requests) {
      arguments.add("-c");
      arguments.add(request);
    }
    arguments.add(disk);
    Ran ran = box.run(Client.QEMU_IO, arguments.toArray(String[]::new)).succeeded();
    assertThat(ran.out() + ran.err()).as("seed %d", seed).doesNotContain("failed");
  }

  private List<String> requests() {
    List<String> requests = new ArrayList<>();
    for (int i = 0; i < REQUESTS; i++) {
      int length = 1 + random.nextInt(LONGEST);
      long offset = 512L * random.nextInt(SECTORS - length);
      String range = offset + " " + 512L * length;
      requests.add(
          switch (random.nextInt(6)) {
            case 0 -> "write -z " + range;
            case 1 -> "write -z -u " + range;
            case 2 -> "flush";
            case 3 -> "write -f -P " + (1 + random.nextInt(255)) + " " + range;
            default -> "write -P " + (1 + random.nextInt(255)) + " " + range;
          });
    }
    return requests;
  }

  private void compare(String disk, String raw) {
    Ran ran = box.run(Client.QEMU_IMG, "compare", "-f", "vmdk", "-F", "raw", disk, raw);
    assertThat(ran.status()).as("seed %d: %s", seed, ran).isZero();
  }

  private static void stop(Server server) throws IOException, InterruptedException {
    assertThat(server.stop().err()).isEmpty();
  }
}
