package org.nbdcore.plugin.nbd;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.FilterBlockDevice;
import org.nbdcore.spi.Flags;
import org.nbdcore.spi.OpenRequest;

/** A disk that disconnects its first connection during a request. Its server keeps running. */
final class CutDisks extends KeptDisks {

  /** The first read of this byte cuts the connection. */
  static final int CUT = 100;

  /** The first write of this byte waits for {@link #writeMayContinue}. */
  static final int SLOW = 200;

  /** Counted down when a request for one of these bytes arrives. */
  final CountDownLatch arrived = new CountDownLatch(1);

  final CountDownLatch writeMayContinue = new CountDownLatch(1);
  private final CountDownLatch flushing = new CountDownLatch(1);
  private final CountDownLatch disconnected = new CountDownLatch(1);
  private final AtomicBoolean cut = new AtomicBoolean();
  private volatile boolean waitForFlush;

  CutDisks() throws IOException {
    with("", 4096);
  }

  /** Makes the disk wait for a flush before it disconnects, so that the flush is in flight then. */
  void disconnectDuringFlush() {
    waitForFlush = true;
  }

  @Override
  public BlockDevice open(OpenRequest request) throws IOException {
    return new CutDevice(super.open(request), request);
  }

  private static void await(CountDownLatch latch) throws IOException {
    try {
      if (!latch.await(30, TimeUnit.SECONDS)) {
        throw new IOException("timed out after 30 seconds");
      }
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
  }

  private final class CutDevice extends FilterBlockDevice {

    private final OpenRequest request;

    CutDevice(BlockDevice next, OpenRequest request) {
      super(next);
      this.request = request;
    }

    @Override
    public void read(ByteBuffer dst, long offset) throws IOException {
      if (offset == CUT && cut.compareAndSet(false, true)) {
        arrived.countDown();
        if (waitForFlush) {
          await(flushing);
        }
        request.session().disconnect(true);
        disconnected.countDown();
      }
      next.read(dst, offset);
    }

    @Override
    public void write(ByteBuffer src, long offset, Flags flags) throws IOException {
      if (offset == SLOW) {
        arrived.countDown();
        await(writeMayContinue);
      }
      next.write(src, offset, flags);
    }

    @Override
    public void flush() throws IOException {
      if (waitForFlush && flushing.getCount() > 0) {
        flushing.countDown();
        await(disconnected);
      }
      next.flush();
    }
  }
}
