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

/** A disk whose first connection is cut in the midst of a request, while its server goes on. */
final class CutDisks extends KeptDisks {

  /** The first read of this byte cuts the connection. */
  static final int CUT = 100;

  /** The first write of this byte waits for {@link #goOn}. */
  static final int SLOW = 200;

  /** A request for one of these bytes has come. */
  final CountDownLatch arrived = new CountDownLatch(1);

  final CountDownLatch goOn = new CountDownLatch(1);
  private final CountDownLatch flushing = new CountDownLatch(1);
  private final CountDownLatch over = new CountDownLatch(1);
  private final AtomicBoolean cut = new AtomicBoolean();
  private volatile boolean onceFlushing;

  CutDisks() throws IOException {
    with("", 4096);
  }

  /** The connection is to be cut while a flush is in flight, too. */
  void cutOnceFlushing() {
    onceFlushing = true;
  }

  @Override
  public BlockDevice open(OpenRequest request) throws IOException {
    return new CutDevice(super.open(request), request);
  }

  private static void await(CountDownLatch latch) throws IOException {
    try {
      if (!latch.await(30, TimeUnit.SECONDS)) {
        throw new IOException("what was waited for has not happened");
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
        if (onceFlushing) {
          await(flushing);
        }
        request.session().disconnect(true);
        over.countDown();
      }
      next.read(dst, offset);
    }

    @Override
    public void write(ByteBuffer src, long offset, Flags flags) throws IOException {
      if (offset == SLOW) {
        arrived.countDown();
        await(goOn);
      }
      next.write(src, offset, flags);
    }

    @Override
    public void flush() throws IOException {
      if (onceFlushing && flushing.getCount() > 0) {
        flushing.countDown();
        await(over);
      }
      next.flush();
    }
  }
}
