package org.nbdcore.filter.fua;

import java.util.List;
import org.nbdcore.spi.Capabilities;
import org.nbdcore.spi.FilterProvider;
import org.nbdcore.spi.Support;
import org.nbdcore.testkit.FilterContractTest;
import org.nbdcore.testkit.ModelDevice;

final class FuaEmulateContractTest extends FilterContractTest {

  @Override
  protected FilterProvider provider() {
    return new FuaFilterProvider();
  }

  @Override
  protected List<String> parameters() {
    return List.of("fua-mode=emulate");
  }

  /** Only disks that support the mode, and a read-only disk. */
  @Override
  protected List<Capabilities> capabilitiesBelow() {
    Capabilities all = ModelDevice.everything();
    return List.of(all, all.withFua(Support.EMULATE), Capabilities.readOnly());
  }
}
