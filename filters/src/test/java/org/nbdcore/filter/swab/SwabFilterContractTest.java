package org.nbdcore.filter.swab;

import java.util.List;
import org.nbdcore.spi.FilterProvider;
import org.nbdcore.testkit.FilterContractTest;

final class SwabFilterContractTest extends FilterContractTest {

  @Override
  protected FilterProvider provider() {
    return new SwabFilterProvider();
  }

  @Override
  protected List<String> parameters() {
    return List.of("swab-bits=32");
  }

  @Override
  protected byte[] view(byte[] below) {
    byte[] swapped = new byte[below.length];
    for (int i = 0; i < below.length; i++) {
      swapped[i] = below[i ^ 3];
    }
    return swapped;
  }
}
