package org.nbdcore.filter.rotational;

import org.nbdcore.spi.FilterProvider;
import org.nbdcore.testkit.FilterContractTest;

final class RotationalFilterContractTest extends FilterContractTest {

  @Override
  protected FilterProvider provider() {
    return new RotationalFilterProvider();
  }
}
