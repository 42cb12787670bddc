package org.nbdcore.filter.noparallel;

import org.nbdcore.spi.FilterProvider;
import org.nbdcore.testkit.FilterContractTest;

final class NoparallelFilterContractTest extends FilterContractTest {

  @Override
  protected FilterProvider provider() {
    return new NoparallelFilterProvider();
  }
}
