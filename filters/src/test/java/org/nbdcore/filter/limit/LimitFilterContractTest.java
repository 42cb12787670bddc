package org.nbdcore.filter.limit;

import org.nbdcore.spi.FilterProvider;
import org.nbdcore.testkit.FilterContractTest;

final class LimitFilterContractTest extends FilterContractTest {

  @Override
  protected FilterProvider provider() {
    return new LimitFilterProvider();
  }
}
