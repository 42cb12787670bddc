package org.nbdcore.filter.exitlast;

import org.nbdcore.spi.FilterProvider;
import org.nbdcore.testkit.FilterContractTest;

final class ExitlastFilterContractTest extends FilterContractTest {

  @Override
  protected FilterProvider provider() {
    return new ExitlastFilterProvider();
  }
}
