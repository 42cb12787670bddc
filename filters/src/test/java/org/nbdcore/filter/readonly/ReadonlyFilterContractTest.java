package org.nbdcore.filter.readonly;

import org.nbdcore.spi.FilterProvider;
import org.nbdcore.testkit.FilterContractTest;

final class ReadonlyFilterContractTest extends FilterContractTest {

  @Override
  protected FilterProvider provider() {
    return new ReadonlyFilterProvider();
  }
}
