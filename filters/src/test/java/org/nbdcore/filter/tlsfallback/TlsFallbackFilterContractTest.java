package org.nbdcore.filter.tlsfallback;

import org.nbdcore.spi.FilterProvider;
import org.nbdcore.spi.OpenRequest;
import org.nbdcore.testkit.FilterContractTest;
import org.nbdcore.testkit.TestSession;

final class TlsFallbackFilterContractTest extends FilterContractTest {

  @Override
  protected FilterProvider provider() {
    return new TlsFallbackFilterProvider();
  }

  @Override
  protected OpenRequest request() {
    return new TestSession().request("").withTls(true);
  }
}
