package org.nbdcore.filter.delay;

import java.util.List;
import org.nbdcore.spi.FilterProvider;
import org.nbdcore.testkit.FilterContractTest;

final class DelayFilterContractTest extends FilterContractTest {

  @Override
  protected FilterProvider provider() {
    return new DelayFilterProvider();
  }

  @Override
  protected List<String> parameters() {
    return List.of("rdelay=1ms", "wdelay=2ms", "delay-close=1us", "delay-extents=1ns");
  }
}
