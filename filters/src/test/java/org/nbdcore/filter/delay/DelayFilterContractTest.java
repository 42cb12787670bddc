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
    return List.of("delay-read=1ms", "delay-open=1ms", "delay-close=1ms");
  }
}
