package org.nbdcore.spi.helpers;

import java.io.IOException;
import java.util.concurrent.locks.Lock;

/** Runs around each call of a device, on the same thread; see {@link BlockDevices#guarded}. */
public interface CallGuard {

  /**
   * Called before each call. It may block.
   *
   * @throws IOException to refuse the request; then {@link #exit} is not called
   */
  void enter() throws IOException;

  /** Called after each call, whether it succeeded or not. */
  void exit();

  /** Allows one call at a time: holds the lock during each call. */
  static CallGuard holding(Lock lock) {
    return new CallGuard() {
      @Override
      public void enter() {
        lock.lock();
      }

      @Override
      public void exit() {
        lock.unlock();
      }
    };
  }
}
