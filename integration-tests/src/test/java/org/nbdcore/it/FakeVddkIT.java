package org.nbdcore.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nbdcore.plugin.vddk.FakeVddk;

/**
 * Clients use a disk through a fake VDDK: clients, server, JNA, the library, a file. The library
 * records violations of VDDK's rules; there must be none.
 */
@Tag("heavy") // on the other Java, the tests of the plugin use the same fake
class FakeVddkIT extends SampleDiskClients {

  private static final long SIZE = 150 << 20;

  @TempDir static Path shared;
  private static Path raw;

  private Path disk;
  private FakeVddk fake;

  @BeforeAll
  static void makeTheDisk() throws IOException {
    raw = shared.resolve("raw");
    SampleDisk.make(raw, SIZE);
  }

  @BeforeEach
  void prepareTheLibrary() throws IOException {
    disk = box.file("disk.vmdk");
    fake = FakeVddk.in(box.file("vddk")).set("blocks", "content");
  }

  private Server serveDisk(String... more) throws IOException {
    String[] command = new String[more.length + 3];
    command[0] = "vddk";
    command[1] = "libdir=" + fake.libdir();
    command[2] = disk.toString();
    System.arraycopy(more, 0, command, 3, more.length);
    return box.serve(command);
  }

  @Override
  Path original() {
    return raw;
  }

  @Override
  Server serve() throws IOException {
    Files.copy(raw, disk);
    return serveDisk("-r", "--filter=blocksize", "minblock=512");
  }

  @Override
  Server serveSectors() throws IOException {
    Files.copy(raw, disk);
    return serveDisk("-r");
  }

  /** A new disk, which VDDK creates. */
  private Server serveEmpty() throws IOException {
    return serveDisk("--filter=blocksize", "minblock=512", "create=true", "create-size=" + SIZE);
  }

  @Override
  void stop(Server server) throws Exception {
    assertThat(server.stop().err()).isEmpty();
    assertThat(fake.failures()).as("rules of VDDK that were broken").isEmpty();
    assertThat(fake.callNames()).startsWith("InitEx").endsWith("Exit");
  }

  @Test
  void theMapHasTheHolesThatTheLibraryReports() throws Exception {
    Files.copy(raw, disk);
    fake.set("disk", disk);
    // A remote disk: for local disks the plugin does not ask VDDK, which is often wrong about them.
    Server server =
        box.serve(
            "vddk",
            "-r",
            "libdir=" + fake.libdir(),
            "file=[store] disk.vmdk",
            "server=esx",
            "user=root",
            "password=p",
            "vm=moref=1",
            "thumbprint=" + "00:".repeat(19) + "00",
            "preflight=false");
    MapTotals totals = totals(server);
    assertThat(totals.sum()).isEqualTo(SIZE);
    assertThat(totals.of(MapTotals.HOLE_AND_ZERO)).isEqualTo(SampleDisk.zeroGrains(raw));
    stop(server);
  }

  @Test
  void dataThatNbdcopyWritesIsOnTheDisk() throws Exception {
    Server server = serveEmpty();
    box.run(Client.NBDCOPY, "--flush", raw.toString(), server.uri()).succeeded();
    stop(server);
    SampleDisk.assertSame(disk, raw);
  }

  @Test
  void dataThatQemuImgWritesIsOnTheDisk() throws Exception {
    Server server = serveEmpty();
    box.run(
            Client.QEMU_IMG,
            "convert",
            "-n",
            "-f",
            "raw",
            "-O",
            "raw",
            raw.toString(),
            server.uri())
        .succeeded();
    stop(server);
    SampleDisk.assertSame(disk, raw);
  }

  @Test
  void dataThatOurNbdCopyWritesIsOnTheDisk() throws Exception {
    Server server = serveEmpty();
    box.command("nbd-copy", raw.toString(), server.uri()).succeeded();
    stop(server);
    SampleDisk.assertSame(disk, raw);
  }

  @Test
  void unalignedWritesChangeNothingElse() throws Exception {
    Files.copy(raw, disk);
    Server server = serveDisk("--filter=blocksize", "minblock=512");
    Path expected = Files.copy(raw, box.file("expected"));
    box.nbdsh(server, OddRequests.write(expected, SampleDisk.SEED)).succeeded();
    stop(server);
    SampleDisk.assertSame(disk, expected);
  }
}
