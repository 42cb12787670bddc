package org.nbdcore.filter.readonly;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.nbdcore.filter.common.Chains.bytes;
import static org.nbdcore.filter.common.Chains.read;
import static org.nbdcore.filter.common.Chains.write;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nbdcore.filter.common.Chains;
import org.nbdcore.filter.common.ModelDisk;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.NbdError;
import org.nbdcore.spi.NbdException;

final class ReadonlyFilterTest {

  private final ModelDisk disk = new ModelDisk(65536);

  @Test
  void withoutAFileTheDiskIsOpenedAndOfferedReadOnly() throws IOException {
    BlockDevice device = Chains.open(new ReadonlyFilterProvider(), disk);
    assertThat(device.capabilities().write()).isFalse();
    assertThat(disk.opened.get(0).readOnly()).isTrue();
  }

  @Test
  void writingStopsWhileTheFileExists(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("ro");
    BlockDevice device = Chains.open(new ReadonlyFilterProvider(), disk, "readonly-file=" + file);
    assertThat(device.capabilities()).isEqualTo(ModelDisk.ALL);
    write(device, 0, bytes(1, 512), 0);
    Files.createFile(file);
    disk.drainCalls();
    refused(() -> write(device, 0, bytes(1, 512), 0));
    refused(() -> device.trim(0, 512, 0));
    refused(() -> device.zero(0, 512, 0));
    assertThat(disk.drainCalls()).isEmpty();
    device.flush();
    read(device, 0, 512);
    Files.delete(file);
    device.trim(0, 512, 0);
    device.zero(0, 512, 0);
    write(device, 0, bytes(1, 512), 0);
  }

  private static void refused(ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            NbdException.class, e -> assertThat(e.error()).isEqualTo(NbdError.EPERM));
  }
}
