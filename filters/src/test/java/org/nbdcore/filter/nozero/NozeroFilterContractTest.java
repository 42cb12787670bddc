package org.nbdcore.filter.nozero;

import java.util.List;
import org.nbdcore.spi.FilterProvider;
import org.nbdcore.testkit.FilterContractTest;

final class NozeroFilterContractTest extends FilterContractTest {

  @Override
  protected FilterProvider provider() {
    return new NozeroFilterProvider();
  }

  @Override
  protected List<String> parameters() {
    return List.of("zero-mode=emulate", "fast-zero-mode=ignore");
  }
}
