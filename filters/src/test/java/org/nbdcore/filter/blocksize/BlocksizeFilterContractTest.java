package org.nbdcore.filter.blocksize;

import java.util.List;
import org.nbdcore.spi.FilterProvider;
import org.nbdcore.testkit.FilterContractTest;

final class BlocksizeFilterContractTest extends FilterContractTest {

  @Override
  protected FilterProvider provider() {
    return new BlocksizeFilterProvider();
  }

  @Override
  protected List<String> parameters() {
    return List.of("minblock=512", "maxdata=8K", "maxlen=24K");
  }
}
