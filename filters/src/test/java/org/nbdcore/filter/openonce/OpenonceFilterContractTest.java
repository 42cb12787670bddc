package org.nbdcore.filter.openonce;

import org.nbdcore.spi.FilterProvider;
import org.nbdcore.testkit.FilterContractTest;

final class OpenonceFilterContractTest extends FilterContractTest {

  @Override
  protected FilterProvider provider() {
    return new OpenonceFilterProvider();
  }

  @Override
  protected boolean closesWithItsClients() {
    return false;
  }
}
