package org.nbdcore.filter.timelimit;

import org.nbdcore.spi.FilterProvider;
import org.nbdcore.testkit.FilterContractTest;

final class TimeLimitFilterContractTest extends FilterContractTest {

  @Override
  protected FilterProvider provider() {
    return new TimeLimitFilterProvider();
  }
}
