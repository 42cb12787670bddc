package org.nbdcore.filter.nozero;

import java.util.List;
import org.nbdcore.spi.Capabilities;
import org.nbdcore.spi.FilterProvider;
import org.nbdcore.testkit.FilterContractTest;
import org.nbdcore.testkit.ModelDevice;

final class NozeroSlowContractTest extends FilterContractTest {

  @Override
  protected FilterProvider provider() {
    return new NozeroFilterProvider();
  }

  @Override
  protected List<String> parameters() {
    return List.of("zero-mode=plugin", "fast-zero-mode=slow");
  }

  @Override
  protected List<Capabilities> capabilitiesBelow() {
    Capabilities all = ModelDevice.everything();
    return List.of(all, all.withFastZero(false), Capabilities.readOnly());
  }
}
