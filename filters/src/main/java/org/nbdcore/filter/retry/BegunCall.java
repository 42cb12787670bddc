package org.nbdcore.filter.retry;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.Completion;

/**
 * A read or write that goes on by itself below. The device is in use until it has ended, so that it
 * is not closed before; if it then turns out to have failed, the thread that checks repeats it as
 * any other, and waits meanwhile.
 */
final class BegunCall implements Completion, Completion.Outcome, RetryDevice.Call {

  private final RetryDevice device;
  private final Reopener reopener;
  private final Reopener.Opened opened;
  private final boolean writes;
  private final ByteBuffer data;
  private final int start;
  private final int limit;
  private final long offset;
  private final int flags;
  private final Completion caller;
  private Outcome outcome; // set before the caller is told

  /**
   * Takes over a device that was {@link Reopener#enterNow entered}.
   *
   * @param data what a read fills or a write takes
   */
  BegunCall(
      RetryDevice device,
      Reopener reopener,
      Reopener.Opened opened,
      boolean writes,
      ByteBuffer data,
      long offset,
      int flags,
      Completion caller) {
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
              ? opened.device().beginWrite(data, offset, flags, this)
              : opened.device().beginRead(data, offset, this);
    } catch (IOException e) {
      taken = true;
      ended(
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
  public void ended(Outcome how) {
    outcome = how;
    reopener.leave(opened);
    caller.ended(this);
  }

  @Override
  public void check() throws IOException {
    IOException failure;
    try {
      outcome.check();
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
