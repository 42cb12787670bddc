package org.nbdcore.filter.cow;

import java.util.List;
import org.nbdcore.spi.FilterProvider;
import org.nbdcore.testkit.FilterContractTest;

final class CowFilterContractTest extends FilterContractTest {

  @Override
  protected FilterProvider provider() {
    return new CowFilterProvider();
  }

  @Override
  protected List<String> parameters() {
    return List.of("cow-block-size=4K");
  }

  @Override
  protected boolean writesReachBelow() {
    return false;
  }
}
