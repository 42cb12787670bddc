package org.nbdcore.filter.spinning;

import org.nbdcore.spi.FilterProvider;
import org.nbdcore.testkit.FilterContractTest;

final class SpinningFilterContractTest extends FilterContractTest {

  @Override
  protected FilterProvider provider() {
    return new SpinningFilterProvider();
  }
}
