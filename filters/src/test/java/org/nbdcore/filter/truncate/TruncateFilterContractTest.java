package org.nbdcore.filter.truncate;

import java.util.List;
import org.nbdcore.spi.FilterProvider;
import org.nbdcore.testkit.FilterContractTest;

final class TruncateFilterContractTest extends FilterContractTest {

  @Override
  protected FilterProvider provider() {
    return new TruncateFilterProvider();
  }

  @Override
  protected List<String> parameters() {
    return List.of("truncate=100K");
  }

  @Override
  protected byte[] view(byte[] below) {
    return java.util.Arrays.copyOf(below, 102_400);
  }
}
