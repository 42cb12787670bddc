package org.nbdcore.filter.protect;

import org.nbdcore.spi.FilterProvider;
import org.nbdcore.testkit.FilterContractTest;

final class ProtectFilterContractTest extends FilterContractTest {

  @Override
  protected FilterProvider provider() {
    return new ProtectFilterProvider();
  }
}
