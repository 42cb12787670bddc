package org.nbdcore.filter.blocksizepolicy;

import java.util.List;
import org.nbdcore.spi.FilterProvider;
import org.nbdcore.testkit.FilterContractTest;

final class BlocksizePolicyFilterContractTest extends FilterContractTest {

  @Override
  protected FilterProvider provider() {
    return new BlocksizePolicyFilterProvider();
  }

  @Override
  protected List<String> parameters() {
    return List.of("blocksize-minimum=512");
  }
}
