package org.nbdcore.spi;

import java.net.SocketAddress;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;

/** The session of a device that a layer opened for its own use, without a client. */
final class DetachedSession implements Session {

  @Override
  public long number() {
    return 0;
  }

  @Override
  public Optional<SocketAddress> peer() {
    return Optional.empty();
  }

  @Override
  public boolean connected() {
    return true;
  }

  @Override
  public void sleep(long nanos) {
    long end = System.nanoTime() + nanos;
    for (long left = nanos; left > 0; left = end - System.nanoTime()) {
      LockSupport.parkNanos(this, left);
    }
  }

  @Override
  public void disconnect(boolean force) {}

  @Override
  public void shutdownServer() {}
}
