package org.nbdcore.testkit;

import java.io.IOException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.NbdError;

/**
 * A device whose calls fail, or wait, as a {@link FaultPlan} says. The next device executes all
 * other calls. A call that fails does not reach the next device. Only {@code close} always closes
 * the next device, and fails afterwards.
 */
public final class FaultyDevice extends InterceptedDevice {

  private final FaultPlan plan;
  private volatile @Nullable NbdError dead;

  /** Wraps {@code next}. This device owns {@code next}. */
  public FaultyDevice(BlockDevice next, FaultPlan plan) {
    super(next);
    this.plan = plan;
  }

  /** From now on every call fails. */
  public void die(NbdError error) {
    dead = error;
  }

  @Override
  void before(Operation operation) throws IOException {
    Optional<FaultPlan.Fault> fault = plan.next(operation);
    NbdError permanent = dead;
    if (permanent != null) {
      throw FaultPlan.failure(operation, permanent);
    }
    if (fault.isEmpty()) {
      return;
    }
    fault.get().gate().ifPresent(HeldCall::pass);
    if (fault.get().error().isPresent()) {
      NbdError error = fault.get().error().get();
      if (fault.get().kills()) {
        dead = error;
      }
      throw FaultPlan.failure(operation, error);
    }
  }

  @Override
  public void close() throws IOException {
    next.close();
    before(Operation.CLOSE);
  }
}
