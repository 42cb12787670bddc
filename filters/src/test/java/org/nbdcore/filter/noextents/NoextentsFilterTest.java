package org.nbdcore.filter.noextents;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.nbdcore.filter.common.Chains;
import org.nbdcore.filter.common.ModelDisk;
import org.nbdcore.filter.common.RandomOperations;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.Flags;

final class NoextentsFilterTest {

  private final ModelDisk disk = new ModelDisk(65536);

  @Test
  void extentsAreAllDataWithoutAQueryBelow() throws IOException {
    BlockDevice device = Chains.open(new NoextentsFilterProvider(), disk);
    assertThat(device.capabilities()).isEqualTo(ModelDisk.ALL.withExtents(false));
    assertThat(Chains.extents(device, 512, 1024, Flags.NONE)).isEqualTo("512+1024=0");
    assertThat(disk.drainCalls()).isEmpty();
  }

  @Test
  void otherOperationsAreForwarded() throws IOException {
    BlockDevice device = Chains.open(new NoextentsFilterProvider(), disk.fill(3));
    new RandomOperations(device, 1, 0, 65536, 5000).run(200);
    device.close();
    assertThat(disk.open.get()).isZero();
  }
}
