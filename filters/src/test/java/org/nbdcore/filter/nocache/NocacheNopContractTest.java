package org.nbdcore.filter.nocache;

import java.util.List;
import org.nbdcore.spi.FilterProvider;
import org.nbdcore.testkit.FilterContractTest;

final class NocacheNopContractTest extends FilterContractTest {

  @Override
  protected FilterProvider provider() {
    return new NocacheFilterProvider();
  }

  @Override
  protected List<String> parameters() {
    return List.of("cache-mode=nop");
  }
}
