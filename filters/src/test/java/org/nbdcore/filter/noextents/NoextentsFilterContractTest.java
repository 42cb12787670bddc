package org.nbdcore.filter.noextents;

import org.nbdcore.spi.FilterProvider;
import org.nbdcore.testkit.FilterContractTest;

final class NoextentsFilterContractTest extends FilterContractTest {

  @Override
  protected FilterProvider provider() {
    return new NoextentsFilterProvider();
  }
}
