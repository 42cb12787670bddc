package org.nbdcore.filter.checkwrite;

import org.nbdcore.spi.FilterProvider;
import org.nbdcore.spi.OpenRequest;
import org.nbdcore.testkit.FilterContractTest;

final class CheckwriteFilterContractTest extends FilterContractTest {

  @Override
  protected FilterProvider provider() {
    return new CheckwriteFilterProvider();
  }

  /** Opens read-only, because the filter accepts no change; {@link CheckwriteFilterTest} writes. */
  @Override
  protected OpenRequest request() {
    return OpenRequest.detached("", true);
  }
}
