package org.nbdcore.filter.exitwhen;

import java.util.List;
import org.nbdcore.spi.FilterProvider;
import org.nbdcore.testkit.FilterContractTest;

final class ExitwhenFilterContractTest extends FilterContractTest {

  @Override
  protected FilterProvider provider() {
    return new ExitwhenFilterProvider();
  }

  @Override
  protected List<String> parameters() {
    return List.of("exit-when-script=exit 0");
  }
}
