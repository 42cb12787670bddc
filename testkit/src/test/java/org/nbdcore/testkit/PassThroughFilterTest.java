package org.nbdcore.testkit;

import org.nbdcore.spi.FilterProvider;

/** A filter that passes everything on fulfils the contract. */
final class PassThroughFilterTest extends FilterContractTest {

  @Override
  protected FilterProvider provider() {
    return new WrappingProvider();
  }
}
