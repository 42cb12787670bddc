package org.nbdcore.filter.fua;

import org.nbdcore.spi.FilterProvider;
import org.nbdcore.testkit.FilterContractTest;

final class FuaFilterContractTest extends FilterContractTest {

  @Override
  protected FilterProvider provider() {
    return new FuaFilterProvider();
  }
}
