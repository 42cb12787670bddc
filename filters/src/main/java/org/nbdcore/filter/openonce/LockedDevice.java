package org.nbdcore.filter.openonce;

import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.nbdcore.filter.common.EnclosedDevice;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.Capabilities;

/** A device that others use too, one request at a time; closing it leaves it open. */
final class LockedDevice extends EnclosedDevice {

  private final ReentrantLock lock; // held during every call of the shared device

  LockedDevice(BlockDevice shared, ReentrantLock lock) {
    super(shared);
    this.lock = lock;
  }

  @Override
  protected void enter() {
    lock.lock();
  }

  @Override
  protected void leave() {
    lock.unlock();
  }

  @Override
  public long size() throws IOException {
    enter();
    try {
      return next.size();
    } finally {
      leave();
    }
  }

  @Override
  public Capabilities capabilities() throws IOException {
    enter();
    try {
      return next.capabilities();
    } finally {
      leave();
    }
  }

  @Override
  public Optional<String> description() throws IOException {
    enter();
    try {
      return next.description();
    } finally {
      leave();
    }
  }

  @Override
  public void close() {}
}
