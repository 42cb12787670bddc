package org.nbdcore.filter.retry;

import java.util.List;
import org.nbdcore.spi.FilterProvider;
import org.nbdcore.testkit.FilterContractTest;

final class RetryFilterContractTest extends FilterContractTest {

  @Override
  protected FilterProvider provider() {
    return new RetryFilterProvider();
  }

  @Override
  protected List<String> parameters() {
    return List.of("retries=0");
  }
}
