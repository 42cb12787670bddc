package org.nbdcore.testkit;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.Capabilities;
import org.nbdcore.spi.ExtentSink;
import org.nbdcore.spi.FilterBlockDevice;
import org.nbdcore.spi.NbdError;

/**
 * A device whose calls fail, die or wait as a {@link FaultPlan} says; otherwise the next device
 * serves them. A call that fails never reaches the next device. Close always does, and fails after.
 */
public final class FaultyDevice extends FilterBlockDevice {

  private final FaultPlan plan;
  private volatile NbdError dead;

  /** Wraps {@code next}, whose owner this device becomes. */
  public FaultyDevice(BlockDevice next, FaultPlan plan) {
    super(next);
    this.plan = plan;
  }

  /** From now on every call fails. */
  public void die(NbdError error) {
    dead = error;
  }

  private void strike(Operation operation) throws IOException {
    Optional<FaultPlan.Fault> fault = plan.next(operation);
    if (dead != null) {
      throw FaultPlan.failure(operation, dead);
    }
    if (fault.isEmpty()) {
      return;
    }
    fault.get().gate().ifPresent(Gate::pass);
    if (fault.get().error().isPresent()) {
      NbdError error = fault.get().error().get();
      if (fault.get().kills()) {
        dead = error;
      }
      throw FaultPlan.failure(operation, error);
    }
  }

  @Override
  public long size() throws IOException {
    strike(Operation.SIZE);
    return next.size();
  }

  @Override
  public Capabilities capabilities() throws IOException {
    strike(Operation.CAPABILITIES);
    return next.capabilities();
  }

  @Override
  public void read(ByteBuffer dst, long offset) throws IOException {
    strike(Operation.READ);
    next.read(dst, offset);
  }

  @Override
  public void write(ByteBuffer src, long offset, int flags) throws IOException {
    strike(Operation.WRITE);
    next.write(src, offset, flags);
  }

  @Override
  public void flush() throws IOException {
    strike(Operation.FLUSH);
    next.flush();
  }

  @Override
  public void trim(long offset, long length, int flags) throws IOException {
    strike(Operation.TRIM);
    next.trim(offset, length, flags);
  }

  @Override
  public void zero(long offset, long length, int flags) throws IOException {
    strike(Operation.ZERO);
    next.zero(offset, length, flags);
  }

  @Override
  public void extents(long offset, long length, int flags, ExtentSink sink) throws IOException {
    strike(Operation.EXTENTS);
    next.extents(offset, length, flags, sink);
  }

  @Override
  public void cache(long offset, long length) throws IOException {
    strike(Operation.CACHE);
    next.cache(offset, length);
  }

  @Override
  public void close() throws IOException {
    next.close();
    strike(Operation.CLOSE);
  }
}
