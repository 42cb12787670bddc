package org.nbdcore.filter.nocache;

import org.nbdcore.spi.FilterProvider;
import org.nbdcore.testkit.FilterContractTest;

final class NocacheFilterContractTest extends FilterContractTest {

  @Override
  protected FilterProvider provider() {
    return new NocacheFilterProvider();
  }
}
