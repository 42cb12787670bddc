package org.nbdcore.filter.retryrequest;

import java.util.List;
import org.nbdcore.spi.FilterProvider;
import org.nbdcore.testkit.FilterContractTest;

final class RetryRequestFilterContractTest extends FilterContractTest {

  @Override
  protected FilterProvider provider() {
    return new RetryRequestFilterProvider();
  }

  @Override
  protected List<String> parameters() {
    return List.of("retry-request-retries=0");
  }
}
