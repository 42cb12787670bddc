package org.nbdcore.filter.xor;

import java.util.List;
import org.nbdcore.spi.FilterProvider;
import org.nbdcore.testkit.FilterContractTest;

final class XorFilterContractTest extends FilterContractTest {

  private static final byte[] KEY = {0x12, 0x34, 0x56};

  @Override
  protected FilterProvider provider() {
    return new XorFilterProvider();
  }

  @Override
  protected List<String> parameters() {
    return List.of("xor=0x123456", "xorlen=3");
  }

  @Override
  protected byte[] view(byte[] below) {
    byte[] view = new byte[below.length];
    for (int i = 0; i < view.length; i++) {
      view[i] = (byte) (below[i] ^ KEY[i % 3]);
    }
    return view;
  }
}
