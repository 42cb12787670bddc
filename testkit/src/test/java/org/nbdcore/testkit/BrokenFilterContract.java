package org.nbdcore.testkit;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.nbdcore.spi.FilterProvider;

/** The contract of a filter with a planted fault, run by hand. */
class BrokenFilterContract extends FilterContractTest {

  private final WrappingProvider.Wrapper wrapper;

  BrokenFilterContract(WrappingProvider.Wrapper wrapper) {
    this.wrapper = wrapper;
  }

  @Override
  protected FilterProvider provider() {
    return WrappingProvider.wrapping(wrapper);
  }

  /** Requires that random operations find the fault. */
  static void randomOperationsCatch(BrokenFilterContract contract) {
    assertThatThrownBy(() -> everySeed(contract))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("on a disk with");
  }

  static void everySeed(BrokenFilterContract contract) throws Exception {
    for (long seed = 1; seed <= 4; seed++) {
      contract.randomOperationsAgreeWithTheModel(seed);
    }
  }
}
