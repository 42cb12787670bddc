package org.nbdcore.filter.readahead;

import org.nbdcore.spi.FilterProvider;
import org.nbdcore.testkit.FilterContractTest;

final class ReadaheadFilterContractTest extends FilterContractTest {

  @Override
  protected FilterProvider provider() {
    return new ReadaheadFilterProvider();
  }
}
