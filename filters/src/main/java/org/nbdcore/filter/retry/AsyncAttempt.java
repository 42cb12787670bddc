package org.nbdcore.filter.retry;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.nbdcore.spi.AsyncResult;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.CompletionHandler;
import org.nbdcore.spi.helpers.BlockDevices;

/**
 * A read or write that goes on by itself below. The device is in use until it has ended, so that it
 * is not closed before; if it then turns out to have failed, the thread that checks repeats it as
 * any other, and waits meanwhile.
 */
final class AsyncAttempt implements CompletionHandler, AsyncResult, RetryDevice.Call {

  private final RetryDevice device;
  private final Reopener reopener;
  private final Reopener.Opened opened;
  private final boolean writes;
  private final ByteBuffer data;
  private final int start;
  private final int limit;
  private final long offset;
  private final int flags;
  private final CompletionHandler caller;
  private AsyncResult outcome; // set before the caller is told

  /**
   * Takes over a device that was {@link Reopener#enterNow entered}.
   *
   * @param data what a read fills or a write takes
   */
  AsyncAttempt(
      RetryDevice device,
      Reopener reopener,
      Reopener.Opened opened,
      boolean writes,
      ByteBuffer data,
      long offset,
      int flags,
      CompletionHandler caller) {
    this.device = device;
    this.reopener = reopener;
    this.opened = opened;
    this.writes = writes;
    this.data = data;
    this.start = data.position();
    this.limit = data.limit();
    this.offset = offset;
    this.flags = flags;
    this.caller = caller;
  }

  /** Whether it goes on; the device has been left if not. */
  boolean begin() {
    boolean taken = false;
    try {
      taken =
          writes
              ? BlockDevices.writeAsync(opened.device(), data, offset, flags, this)
              : BlockDevices.readAsync(opened.device(), data, offset, this);
    } catch (IOException e) {
      taken = true;
      completed(
          () -> {
            throw e;
          });
    } finally {
      if (!taken) {
        reopener.leave(opened);
      }
    }
    return taken;
  }

  @Override
  public void completed(AsyncResult how) {
    outcome = how;
    reopener.leave(opened);
    caller.completed(this);
  }

  @Override
  public void join() throws IOException {
    IOException failure;
    try {
      outcome.join();
      return;
    } catch (IOException e) {
      failure = e;
    }
    device.retry(writes, flags, this, opened, failure);
  }

  @Override
  public void on(BlockDevice again) throws IOException {
    data.limit(limit).position(start);
    if (writes) {
      again.write(data, offset, flags);
    } else {
      again.read(data, offset);
    }
  }
}
