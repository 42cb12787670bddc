package org.nbdcore.filter.error;

import org.nbdcore.spi.FilterProvider;
import org.nbdcore.testkit.FilterContractTest;

final class ErrorFilterContractTest extends FilterContractTest {

  @Override
  protected FilterProvider provider() {
    return new ErrorFilterProvider();
  }
}
