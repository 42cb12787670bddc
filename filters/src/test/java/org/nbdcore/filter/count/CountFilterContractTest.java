package org.nbdcore.filter.count;

import org.nbdcore.spi.FilterProvider;
import org.nbdcore.testkit.FilterContractTest;

final class CountFilterContractTest extends FilterContractTest {

  @Override
  protected FilterProvider provider() {
    return new CountFilterProvider();
  }
}
