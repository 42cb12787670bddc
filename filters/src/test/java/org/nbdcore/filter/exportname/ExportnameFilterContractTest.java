package org.nbdcore.filter.exportname;

import java.util.List;
import org.nbdcore.spi.FilterProvider;
import org.nbdcore.testkit.FilterContractTest;

final class ExportnameFilterContractTest extends FilterContractTest {

  @Override
  protected FilterProvider provider() {
    return new ExportnameFilterProvider();
  }

  @Override
  protected List<String> parameters() {
    return List.of("exportdesc=fixed:a disk", "default-export=some");
  }
}
