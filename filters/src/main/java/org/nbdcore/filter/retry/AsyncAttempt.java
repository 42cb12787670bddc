package org.nbdcore.filter.retry;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.nbdcore.spi.AsyncResult;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.CompletionHandler;
import org.nbdcore.spi.Flags;
import org.nbdcore.spi.helpers.BlockDevices;

/**
 * An asynchronous read or write of the layer below. The device counts as in use until completion,
 * so it is not closed before. If the request fails, the thread that asks for the result repeats it
 * like any other, and blocks until it is complete.
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
  private final Flags flags;
  private final CompletionHandler caller;
  private AsyncResult result; // set before the caller's completion is called

  /**
   * Creates an attempt on a device that was {@link Reopener#enterNow entered}.
   *
   * @param data the buffer of the read or write
   */
  AsyncAttempt(
      RetryDevice device,
      Reopener reopener,
      Reopener.Opened opened,
      boolean writes,
      ByteBuffer data,
      long offset,
      Flags flags,
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

  /**
   * Submits the request. Returns false if the device declines; then it no longer counts as in use.
   */
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
    result = how;
    reopener.leave(opened);
    caller.completed(this);
  }

  @Override
  public void join() throws IOException {
    IOException failure;
    try {
      result.join();
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
