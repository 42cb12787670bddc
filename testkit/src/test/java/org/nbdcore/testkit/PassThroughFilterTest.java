package org.nbdcore.testkit;

import org.nbdcore.spi.FilterProvider;

/** A filter that forwards everything fulfils the contract. */
final class PassThroughFilterTest extends FilterContractTest {

  @Override
  protected FilterProvider provider() {
    return new WrappingProvider();
  }
}
