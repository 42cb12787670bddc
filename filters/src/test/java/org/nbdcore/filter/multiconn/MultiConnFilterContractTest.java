package org.nbdcore.filter.multiconn;

import org.nbdcore.spi.FilterProvider;
import org.nbdcore.testkit.FilterContractTest;

final class MultiConnFilterContractTest extends FilterContractTest {

  @Override
  protected FilterProvider provider() {
    return new MultiConnFilterProvider();
  }
}
