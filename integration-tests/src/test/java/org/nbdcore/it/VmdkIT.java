package org.nbdcore.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * VMDK files of qemu-img, served by the plugin vddk without VDDK, through the filter blocksize, and
 * read by third-party clients.
 */
@ParameterizedClass
@EnumSource
@Tag("heavy") // its reader is tested on every JDK where it lives
class VmdkIT extends SampleDiskClients {

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

  @Override
  Path original() {
    return raw;
  }

  @Override
  Server serve() throws IOException {
    return box.serve("-r", "vddk", "--filter=blocksize", "minblock=512", vmdk.toString());
  }

  @Override
  Server serveSectors() throws IOException {
    return box.serve("-r", "vddk", vmdk.toString());
  }

  @Override
  void stop(Server server) throws Exception {
    Ran ran = server.stop();
    assertThat(ran.err().lines())
        .as("the one line that says that VMware's library is not used")
        .hasSize(1)
        .allMatch(line -> line.contains("VDDK"));
  }

  @Test
  void theMapHasTheHolesOfTheSource() throws Exception {
    Server server = serve();
    MapTotals totals = totals(server);
    assertThat(totals.sum()).isEqualTo(raw.toFile().length());
    assertThat(totals.of(MapTotals.HOLE_AND_ZERO))
        .as("as qemu-img maps the VMDK file")
        .isEqualTo(QemuMap.zeroes(box, vmdk));
    long zeroGrains = SampleDisk.zeroGrains(raw);
    if (subformat.hasGrains()) {
      assertThat(totals.of(MapTotals.HOLE_AND_ZERO)).isEqualTo(zeroGrains);
    } else {
      assertThat(totals.of(MapTotals.HOLE_AND_ZERO)).isGreaterThanOrEqualTo(zeroGrains);
    }
    stop(server);
  }
}
