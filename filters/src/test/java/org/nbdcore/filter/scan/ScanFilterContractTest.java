package org.nbdcore.filter.scan;

import org.nbdcore.spi.FilterProvider;
import org.nbdcore.testkit.FilterContractTest;

final class ScanFilterContractTest extends FilterContractTest {

  @Override
  protected FilterProvider provider() {
    return new ScanFilterProvider();
  }
}
