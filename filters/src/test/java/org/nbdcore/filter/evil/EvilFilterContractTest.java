package org.nbdcore.filter.evil;

import java.util.List;
import org.nbdcore.spi.FilterProvider;
import org.nbdcore.testkit.FilterContractTest;

final class EvilFilterContractTest extends FilterContractTest {

  @Override
  protected FilterProvider provider() {
    return new EvilFilterProvider();
  }

  @Override
  protected List<String> parameters() {
    return List.of("evil-probability=0");
  }
}
