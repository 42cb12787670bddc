package org.nbdcore.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.Filter;
import org.nbdcore.spi.NbdError;
import org.nbdcore.spi.StartContext;

/** Closing: a filter closes everything it has opened, once. */
final class FilterClosingContract {

  private final FilterFixture bench;

  FilterClosingContract(FilterFixture bench) {
    this.bench = bench;
  }

  void neverStarted() throws Exception {
    Filter filter = bench.create();
    assertThat(filter.threadModel()).isNotNull();
    filter.close();
  }

  void once() throws Exception {
    ModelDevice model = new ModelDevice(bench.sizeBelow());
    TrackedBackend below = Backends.of(model);
    try (Filter filter = bench.create()) {
      filter.start(below, StartContext.NONE);
      int own = below.open();
      BlockDevice one = filter.open(bench.request(), below);
      BlockDevice two = filter.open(bench.request(), below);
      one.close();
      two.close();
      if (bench.closesWithItsClients()) {
        assertThat(below.open()).as("devices left open by two connections").isEqualTo(own);
      }
    }
    assertThat(below.open()).as("devices left open by the filter").isZero();
    assertThat(below.violations()).isEmpty();
  }

  void evenIfThatFails() throws Exception {
    FaultPlan plan = new FaultPlan();
    TrackedBackend below = Backends.of(new ModelDevice(bench.sizeBelow()));
    try (Filter filter = bench.create()) {
      filter.start(below, StartContext.NONE);
      BlockDevice device = filter.open(bench.request(), Backends.faulty(below, plan));
      plan.failEvery(Operation.FLUSH, NbdError.EIO).failEvery(Operation.CLOSE, NbdError.EIO);
      Throwable ignored = catchThrowable(device::close);
      if (!bench.closesWithItsClients()) {
        plan.clear(); // exceptions of closing the filter are not tested here
      }
      assertThat(below.violations()).as("after a close that ended with " + ignored).isEmpty();
    }
    assertThat(below.open()).as("devices left open").isZero();
  }
}
