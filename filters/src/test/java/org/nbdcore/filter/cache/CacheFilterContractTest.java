package org.nbdcore.filter.cache;

import java.util.List;
import org.nbdcore.spi.FilterProvider;
import org.nbdcore.testkit.FilterContractTest;

final class CacheFilterContractTest extends FilterContractTest {

  @Override
  protected FilterProvider provider() {
    return new CacheFilterProvider();
  }

  @Override
  protected List<String> parameters() {
    return List.of("cache-min-block-size=4K", "cache-max-size=64K");
  }

  /** A write fails when the block is written back, which is later. */
  @Override
  protected boolean passesErrors() {
    return false;
  }
}
