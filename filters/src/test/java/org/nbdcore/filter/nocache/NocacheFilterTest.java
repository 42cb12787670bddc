package org.nbdcore.filter.nocache;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.nbdcore.filter.common.Chains;
import org.nbdcore.filter.common.ModelDisk;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.CapabilityDevice;
import org.nbdcore.spi.Support;

final class NocacheFilterTest {

  private final ModelDisk disk = new ModelDisk(65536);

  @Test
  void cacheIsNotOfferedByDefault() throws IOException {
    assertThat(open().capabilities()).isEqualTo(ModelDisk.ALL.withCache(Support.NONE));
    assertThat(open("cache-mode=none").capabilities().cache()).isEqualTo(Support.NONE);
    assertThat(open()).isInstanceOf(CapabilityDevice.class); // no cost per request
  }

  @Test
  void emulateLetsTheServerReadWhateverTheLayerBelowOffers() throws IOException {
    assertThat(open("cache-mode=emulate").capabilities().cache()).isEqualTo(Support.EMULATE);
    disk.with(ModelDisk.ALL.withCache(Support.NONE));
    assertThat(open("cache-mode=emulate").capabilities().cache()).isEqualTo(Support.EMULATE);
  }

  @Test
  void nopAcceptsRequestsAndDoesNothing() throws IOException {
    disk.with(ModelDisk.ALL.withCache(Support.NONE));
    BlockDevice device = open("cache-mode=nop");
    assertThat(device.capabilities().cache()).isEqualTo(Support.NATIVE);
    device.cache(0, 512);
    assertThat(disk.drainCalls()).isEmpty();
  }

  private BlockDevice open(String... pairs) throws IOException {
    return Chains.open(new NocacheFilterProvider(), disk, pairs);
  }
}
