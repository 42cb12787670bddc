package org.nbdcore.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The main job: VMware disks as qemu-img makes them, served by vddk without VMware's library
 * through blocksize, and read by clients that no one here wrote.
 */
@ParameterizedClass
@EnumSource
@Tag("heavy") // its reader is tested on every JDK where it lives
class VmdkIT {

  @RegisterExtension final Sandbox box = new Sandbox();

  @TempDir static Path folder;
  private static Path raw;
  private static Path vmdk;

  @Parameter Subformat subformat;

  @BeforeParameterizedClassInvocation
  static void makeTheDisk(Subformat subformat) throws IOException {
    Path own = Files.createDirectory(folder.resolve(subformat.option()));
    raw = own.resolve("raw");
    SampleDisk.make(raw, subformat.size());
    vmdk = own.resolve("disk.vmdk");
    SampleDisk.convert(raw, vmdk, subformat);
  }

  private Server serve() throws IOException {
    return box.serve("vddk", "--filter=blocksize", "minblock=512", vmdk.toString());
  }

  private void stop(Server server) throws Exception {
    Ran ran = server.stop();
    assertThat(ran.err().lines())
        .as("the one line that says that VMware's library is not used")
        .hasSize(1)
        .allMatch(line -> line.contains("VDDK"));
  }

  @Test
  void nbdcopyReadsTheOriginal() throws Exception {
    Server server = serve();
    Path copy = box.file("copy");
    box.run(Client.NBDCOPY, server.uri(), copy.toString()).succeeded();
    SampleDisk.assertSame(copy, raw);
    stop(server);
  }

  @Test
  void qemuImgReadsTheOriginal() throws Exception {
    Server server = serve();
    Path copy = box.file("copy");
    box.run(Client.QEMU_IMG, "convert", "-f", "raw", "-O", "raw", server.uri(), copy.toString())
        .succeeded();
    SampleDisk.assertSame(copy, raw);
    stop(server);
  }

  @Test
  void nbdCopyOfOursReadsTheOriginal() throws Exception {
    Server server = serve();
    Path copy = box.file("copy");
    box.command("nbd-copy", server.uri(), copy.toString()).succeeded();
    SampleDisk.assertSame(copy, raw);
    stop(server);
  }

  @Test
  void theMapHasTheHolesOfTheSource() throws Exception {
    Server server = serve();
    Totals totals =
        Totals.parse(box.run(Client.NBDINFO, "--map", "--totals", server.uri()).succeeded().out());
    assertThat(totals.sum()).isEqualTo(raw.toFile().length());
    assertThat(totals.of(Totals.HOLE_AND_ZERO))
        .as("as qemu-img maps the VMDK file")
        .isEqualTo(QemuMap.zeroes(box, vmdk));
    long zeroGrains = SampleDisk.zeroGrains(raw);
    if (subformat.hasGrains()) {
      assertThat(totals.of(Totals.HOLE_AND_ZERO)).isEqualTo(zeroGrains);
    } else {
      assertThat(totals.of(Totals.HOLE_AND_ZERO)).isGreaterThanOrEqualTo(zeroGrains);
    }
    stop(server);
  }

  @Test
  void oddReadsAgreeWithTheOriginal() throws Exception {
    Server server = serve();
    box.nbdsh(server, OddRequests.compare(raw, SampleDisk.SEED)).succeeded();
    stop(server);
  }

  @Test
  void withoutTheFilterOddRequestsAreRefused() throws Exception {
    Server server = box.serve("vddk", vmdk.toString());
    assertThat(box.nbdsh(server, OddRequests.REFUSED).succeeded().line())
        .isEqualTo("EINVAL EINVAL EINVAL and 512 bytes");
    stop(server);
  }
}
