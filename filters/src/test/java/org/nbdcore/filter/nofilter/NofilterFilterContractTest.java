package org.nbdcore.filter.nofilter;

import org.nbdcore.spi.FilterProvider;
import org.nbdcore.testkit.FilterContractTest;

final class NofilterFilterContractTest extends FilterContractTest {

  @Override
  protected FilterProvider provider() {
    return new NofilterFilterProvider();
  }
}
