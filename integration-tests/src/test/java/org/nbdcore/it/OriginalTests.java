package org.nbdcore.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A disk that the vddk plugin serves through blocksize, read by clients of all kinds. */
abstract class OriginalTests {

  @RegisterExtension final Sandbox box = new Sandbox();

  /** What the disk holds, as a raw file. */
  abstract Path original();

  /** Serves the disk through blocksize. */
  abstract Server serveOriginal() throws Exception;

  /** Serves it by the plugin alone. */
  abstract Server serveWithoutFilter() throws Exception;

  /** Stops the server and looks at what it leaves behind. */
  abstract void stop(Server server) throws Exception;

  @Test
  void nbdcopyReadsTheOriginal() throws Exception {
    Server server = serveOriginal();
    Path copy = box.file("copy");
    box.run(Client.NBDCOPY, server.uri(), copy.toString()).succeeded();
    SampleDisk.assertSame(copy, original());
    stop(server);
  }

  @Test
  void qemuImgReadsTheOriginal() throws Exception {
    Server server = serveOriginal();
    Path copy = box.file("copy");
    box.run(Client.QEMU_IMG, "convert", "-f", "raw", "-O", "raw", server.uri(), copy.toString())
        .succeeded();
    SampleDisk.assertSame(copy, original());
    stop(server);
  }

  @Test
  void nbdCopyOfOursReadsTheOriginal() throws Exception {
    Server server = serveOriginal();
    Path copy = box.file("copy");
    box.command("nbd-copy", server.uri(), copy.toString()).succeeded();
    SampleDisk.assertSame(copy, original());
    stop(server);
  }

  @Test
  void oddReadsAgreeWithTheOriginal() throws Exception {
    Server server = serveOriginal();
    box.nbdsh(server, OddRequests.compare(original(), SampleDisk.SEED)).succeeded();
    stop(server);
  }

  @Test
  void withoutTheFilterOddRequestsAreRefused() throws Exception {
    Server server = serveWithoutFilter();
    assertThat(box.nbdsh(server, OddRequests.REFUSED).succeeded().line())
        .isEqualTo("EINVAL EINVAL EINVAL and 512 bytes");
    stop(server);
  }
}
