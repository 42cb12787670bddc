package org.nbdcore.filter.nocache;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.nbdcore.filter.common.Chains;
import org.nbdcore.filter.common.ModelDisk;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.Support;

final class NocacheFilterTest {

  private final ModelDisk disk = new ModelDisk(65536);

  @Test
  void eachModeOffersSomethingElseAndNoneReachesTheLayerBelow() throws IOException {
    assertThat(open().capabilities().cache()).isEqualTo(Support.NONE);
    assertThat(open("cachemode=emulate").capabilities().cache()).isEqualTo(Support.EMULATE);
    BlockDevice nop = open("cachemode=nop");
    assertThat(nop.capabilities().cache()).isEqualTo(Support.NATIVE);
    nop.cache(0, 512);
    assertThat(disk.drainCalls()).isEmpty();
  }

  private BlockDevice open(String... pairs) throws IOException {
    return Chains.open(new NocacheFilterProvider(), disk, pairs);
  }
}
