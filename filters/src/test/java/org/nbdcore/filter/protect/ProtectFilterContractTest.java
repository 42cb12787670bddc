package org.nbdcore.filter.protect;

import java.util.List;
import org.nbdcore.spi.FilterProvider;
import org.nbdcore.testkit.FilterContractTest;

final class ProtectFilterContractTest extends FilterContractTest {

  @Override
  protected FilterProvider provider() {
    return new ProtectFilterProvider();
  }

  @Override
  protected List<String> parameters() {
    return List.of("protect=300000-400000", "protect=~-");
  }
}
