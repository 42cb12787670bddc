package org.nbdcore.filter.nozero;

import org.nbdcore.spi.FilterProvider;
import org.nbdcore.testkit.FilterContractTest;

final class NozeroFilterContractTest extends FilterContractTest {

  @Override
  protected FilterProvider provider() {
    return new NozeroFilterProvider();
  }
}
