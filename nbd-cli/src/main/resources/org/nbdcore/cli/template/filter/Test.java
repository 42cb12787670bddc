package com.example;

import java.util.List;
import org.nbdcore.spi.FilterProvider;
import org.nbdcore.testkit.FilterContractTest;

/** Inherits the contract tests; add your own test methods here. */
final class @Class@Test extends FilterContractTest {

  private static final int KEY = 0x2a;

  @Override
  protected FilterProvider provider() {
    return new @Class@Provider();
  }

  @Override
  protected List<String> parameters() {
    return List.of("@name@-key=" + KEY);
  }

  /** How a disk looks through the filter. */
  @Override
  protected byte[] view(byte[] below) {
    byte[] view = new byte[below.length];
    for (int i = 0; i < view.length; i++) {
      view[i] = (byte) (below[i] ^ KEY);
    }
    return view;
  }
}
