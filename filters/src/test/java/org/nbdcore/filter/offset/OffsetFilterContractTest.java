package org.nbdcore.filter.offset;

import java.util.List;
import org.nbdcore.spi.FilterProvider;
import org.nbdcore.testkit.FilterContractTest;

final class OffsetFilterContractTest extends FilterContractTest {

  @Override
  protected FilterProvider provider() {
    return new OffsetFilterProvider();
  }

  @Override
  protected List<String> parameters() {
    return List.of("offset=1K", "range=100K");
  }

  @Override
  protected byte[] view(byte[] below) {
    return java.util.Arrays.copyOfRange(below, 1024, 1024 + 102_400);
  }
}
