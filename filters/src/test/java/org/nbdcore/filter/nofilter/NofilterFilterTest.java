package org.nbdcore.filter.nofilter;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.nbdcore.filter.common.Chains;
import org.nbdcore.filter.common.ModelDisk;
import org.nbdcore.spi.Backend;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.OpenRequest;

final class NofilterFilterTest {

  @Test
  void deviceBelowIsReturnedUnchanged() throws IOException {
    BlockDevice device = new ModelDisk(512).open(OpenRequest.detached("", false));
    Backend below = request -> device;
    assertThat(Chains.open(new NofilterFilterProvider(), below)).isSameAs(device);
  }
}
