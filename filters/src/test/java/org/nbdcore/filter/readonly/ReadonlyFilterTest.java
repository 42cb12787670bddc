package org.nbdcore.filter.readonly;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nbdcore.filter.common.Chains;
import org.nbdcore.filter.common.ModelDisk;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.CapabilityDevice;
import org.nbdcore.spi.Flags;
import org.nbdcore.spi.NbdError;
import org.nbdcore.spi.NbdException;

final class ReadonlyFilterTest {

  @TempDir private Path folder;
  private final ModelDisk disk = new ModelDisk(65536).fill(1);

  @Test
  void diskIsOpenedReadOnly() throws IOException {
    BlockDevice device = open();
    assertThat(disk.opened.get(0).readOnly()).isTrue();
    assertThat(device.capabilities().write()).isFalse();
    assertThat(device).isInstanceOf(CapabilityDevice.class); // no cost per request
  }

  @Test
  void diskIsReadOnlyWhileTheFileExists() throws IOException {
    Path file = folder.resolve("ro");
    BlockDevice device = open("readonly-file=" + file);
    assertThat(disk.opened.get(0).readOnly()).isFalse();
    Chains.write(device, 0, new byte[512], Flags.NONE);
    Files.createFile(file);
    assertThat(device.capabilities().write()).isTrue();
    refused(() -> Chains.write(device, 0, new byte[512], Flags.NONE), file);
    refused(() -> device.trim(0, 512, Flags.NONE), file);
    refused(() -> device.zero(0, 512, Flags.NONE), file);
    assertThat(Chains.read(device, 0, 512)).containsOnly(0);
    Files.delete(file);
    device.trim(0, 512, Flags.NONE);
    device.zero(0, 512, Flags.NONE);
    assertThat(disk.drainCalls())
        .containsExactly("write 0+512", "read 0+512", "trim 0+512", "zero 0+512");
  }

  private static void refused(ThrowingCallable call, Path file) {
    assertThatThrownBy(call)
        .hasMessage("the disk is read-only while " + file + " exists")
        .isInstanceOfSatisfying(
            NbdException.class, e -> assertThat(e.error()).isEqualTo(NbdError.EPERM));
  }

  private BlockDevice open(String... pairs) throws IOException {
    return Chains.open(new ReadonlyFilterProvider(), disk, pairs);
  }
}
