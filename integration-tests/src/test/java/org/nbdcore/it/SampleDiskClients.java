package org.nbdcore.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What every client must read of a {@link SampleDisk} that a subclass serves. */
abstract class SampleDiskClients {

  @RegisterExtension final Sandbox box = new Sandbox();

  /** The expected contents of the disk. */
  abstract Path original();

  /** Serves the disk with the filter blocksize, so that clients can use any offset and length. */
  abstract Server serve() throws Exception;

  /** Serves the disk without blocksize. */
  abstract Server serveSectors() throws Exception;

  /** Stops a server, and fails if its output or its calls were wrong. */
  abstract void stop(Server server) throws Exception;

  @Test
  void nbdcopyReadsTheOriginal() throws Exception {
    Server server = serve();
    Path copy = box.file("copy");
    box.run(Client.NBDCOPY, server.uri(), copy.toString()).succeeded();
    SampleDisk.assertSame(copy, original());
    stop(server);
  }

  @Test
  void qemuImgReadsTheOriginal() throws Exception {
    Server server = serve();
    Path copy = box.file("copy");
    box.run(Client.QEMU_IMG, "convert", "-f", "raw", "-O", "raw", server.uri(), copy.toString())
        .succeeded();
    SampleDisk.assertSame(copy, original());
    stop(server);
  }

  @Test
  void ourNbdCopyReadsTheOriginal() throws Exception {
    Server server = serve();
    Path copy = box.file("copy");
    box.command("nbd-copy", server.uri(), copy.toString()).succeeded();
    SampleDisk.assertSame(copy, original());
    stop(server);
  }

  @Test
  void unalignedReadsAgreeWithTheOriginal() throws Exception {
    Server server = serve();
    box.nbdsh(server, OddRequests.compare(original(), SampleDisk.SEED)).succeeded();
    stop(server);
  }

  @Test
  void withoutTheFilterUnalignedReadsAreRefused() throws Exception {
    Server server = serveSectors();
    assertThat(box.nbdsh(server, OddRequests.REFUSED).succeeded().line())
        .isEqualTo("EINVAL EINVAL EINVAL and 512 bytes");
    stop(server);
  }

  /** What {@code nbdinfo} says of the disk. */
  MapTotals totals(Server server) {
    return MapTotals.parse(
        box.run(Client.NBDINFO, "--map", "--totals", server.uri()).succeeded().out());
  }
}
