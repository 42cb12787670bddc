package org.nbdcore.testkit;

import java.io.IOException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.NbdError;

/**
 * A device whose calls fail, die or wait as a {@link FaultPlan} says; otherwise the next device
 * serves them. A call that fails never reaches the next device. Close always does, and fails after.
 */
public final class FaultyDevice extends InterceptedDevice {

  private final FaultPlan plan;
  private volatile @Nullable NbdError dead;

  /** Wraps {@code next}, whose owner this device becomes. */
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
