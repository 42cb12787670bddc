package org.nbdcore.filter.openonce;

import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.Capabilities;
import org.nbdcore.spi.FilterBlockDevice;
import org.nbdcore.spi.helpers.BlockDevices;
import org.nbdcore.spi.helpers.CallGuard;

/** A device that others use too, one call at a time; closing it leaves it open. */
final class LockedDevice extends FilterBlockDevice {

  /** Entered for every call of the shared device. */
  private final CallGuard guard;

  LockedDevice(BlockDevice shared, ReentrantLock lock) {
    this(shared, CallGuard.holding(lock));
  }

  private LockedDevice(BlockDevice shared, CallGuard guard) {
    super(BlockDevices.guarded(shared, guard));
    this.guard = guard;
  }

  @Override
  public long size() throws IOException {
    guard.enter();
    try {
      return next.size();
    } finally {
      guard.exit();
    }
  }

  @Override
  public Capabilities capabilities() throws IOException {
    guard.enter();
    try {
      return next.capabilities();
    } finally {
      guard.exit();
    }
  }

  @Override
  public Optional<String> description() throws IOException {
    guard.enter();
    try {
      return next.description();
    } finally {
      guard.exit();
    }
  }

  @Override
  public void close() {}
}
