package org.nbdcore.filter.ip;

import java.util.List;
import org.nbdcore.spi.FilterProvider;
import org.nbdcore.testkit.FilterContractTest;

final class IpFilterContractTest extends FilterContractTest {

  @Override
  protected FilterProvider provider() {
    return new IpFilterProvider();
  }

  @Override
  protected List<String> parameters() {
    return List.of("allow=10.0.0.0/8");
  }
}
