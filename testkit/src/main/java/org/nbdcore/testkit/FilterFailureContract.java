package org.nbdcore.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.nbdcore.spi.Backend;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.Capabilities;
import org.nbdcore.spi.Filter;
import org.nbdcore.spi.Flags;
import org.nbdcore.spi.NbdError;
import org.nbdcore.spi.NbdException;
import org.nbdcore.spi.StartContext;
import org.nbdcore.spi.Support;

/** Failures: how a filter handles failures of the layer below. */
final class FilterFailureContract {

  private final FilterFixture bench;

  FilterFailureContract(FilterFixture bench) {
    this.bench = bench;
  }

  void reported() throws Exception {
    assumeTrue(bench.passesErrors());
    FaultPlan plan = new FaultPlan();
    ModelDevice model = new ModelDevice(bench.sizeBelow()).fillRandomly(8);
    try (Filter filter = bench.create()) {
      Backend below = Backends.faulty(Backends.of(model), plan);
      filter.start(below, StartContext.NONE);
      try (BlockDevice device = filter.open(bench.request(), below)) {
        for (Operation operation :
            List.of(Operation.READ, Operation.WRITE, Operation.TRIM, Operation.ZERO)) {
          plan.failEvery(operation, NbdError.ENOSPC);
        }
        Capabilities offered = device.capabilities();
        int length = (int) Math.min(device.size(), 65536);
        ByteBuffer buffer = ByteBuffer.allocateDirect(length);
        checkPassed(plan, Operation.READ, () -> device.read(buffer.clear(), 0));
        if (offered.write()) {
          checkPassed(plan, Operation.WRITE, () -> device.write(buffer.clear(), 0, Flags.NONE));
          if (offered.trim()) {
            checkPassed(plan, Operation.TRIM, () -> device.trim(0, length, Flags.NONE));
          }
          if (offered.zero() == Support.NATIVE) {
            checkPassed(plan, Operation.ZERO, () -> device.zero(0, length, Flags.MAY_TRIM));
          }
        }
      }
    }
    assertThat(model.violations()).isEmpty();
  }

  private static void checkPassed(FaultPlan plan, Operation operation, ConcurrentTasks.Task task) {
    long before = plan.calls(operation);
    Throwable thrown = catchThrowable(task::run);
    if (plan.calls(operation) > before) { // otherwise the filter did not need the layer below
      checkReported("a " + operation, thrown);
    }
  }

  /**
   * Checks the result of a request that failed below with ENOSPC.
   *
   * @param thrown what the request threw, or null
   */
  static void checkReported(String request, @Nullable Throwable thrown) {
    if (thrown == null) {
      throw new AssertionError(
          request + " failed below with ENOSPC, but the filter reports that it succeeded");
    }
    assertThat(thrown)
        .as("failure of %s that failed below with ENOSPC", request)
        .isInstanceOfSatisfying(
            NbdException.class, e -> assertThat(e.error()).isEqualTo(NbdError.ENOSPC));
  }

  void toOpen() throws Exception {
    for (int n = 1; n <= 12; n++) {
      FaultPlan plan = new FaultPlan();
      TrackedBackend tracked = Backends.of(new ModelDevice(bench.sizeBelow()).fillRandomly(n));
      try (Filter filter = bench.create()) {
        filter.start(tracked, StartContext.NONE);
        int own = tracked.open();
        plan.failNthCall(n, NbdError.EIO);
        BlockDevice device = null;
        try {
          device = filter.open(bench.request(), Backends.faulty(tracked, plan));
        } catch (IOException e) {
          assertThat(tracked.open())
              .as("devices left open below when call %d failed: %s", n, e)
              .isEqualTo(own);
        }
        if (device != null) {
          device.close();
        }
      }
      assertThat(tracked.open()).as("devices left open below").isZero();
      assertThat(tracked.violations()).isEmpty();
    }
  }
}
