package org.nbdcore.filter.cacheextents;

import org.nbdcore.spi.FilterProvider;
import org.nbdcore.testkit.FilterContractTest;

final class CacheextentsFilterContractTest extends FilterContractTest {

  @Override
  protected FilterProvider provider() {
    return new CacheextentsFilterProvider();
  }
}
