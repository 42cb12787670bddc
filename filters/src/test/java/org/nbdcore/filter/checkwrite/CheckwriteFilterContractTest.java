package org.nbdcore.filter.checkwrite;

import org.nbdcore.spi.FilterProvider;
import org.nbdcore.spi.OpenRequest;
import org.nbdcore.testkit.FilterContractTest;

final class CheckwriteFilterContractTest extends FilterContractTest {

  @Override
  protected FilterProvider provider() {
    return new CheckwriteFilterProvider();
  }

  /** For reading only, as it takes no change; see {@link CheckwriteFilterTest} for the rest. */
  @Override
  protected OpenRequest request() {
    return OpenRequest.detached("", true);
  }
}
