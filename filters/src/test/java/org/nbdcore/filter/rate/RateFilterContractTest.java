package org.nbdcore.filter.rate;

import java.util.List;
import org.nbdcore.spi.FilterProvider;
import org.nbdcore.testkit.FilterContractTest;

final class RateFilterContractTest extends FilterContractTest {

  @Override
  protected FilterProvider provider() {
    return new RateFilterProvider();
  }

  @Override
  protected List<String> parameters() {
    return List.of("rate=1M");
  }
}
