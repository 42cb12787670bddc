package org.nbdcore.testkit;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.nbdcore.spi.AsyncBlockDevice;
import org.nbdcore.spi.Backend;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.BufferList;
import org.nbdcore.spi.CompletionHandler;
import org.nbdcore.spi.ExtentSink;
import org.nbdcore.spi.Flags;
import org.nbdcore.spi.MetaContextDevice;
import org.nbdcore.spi.OpenRequest;
import org.nbdcore.spi.ZeroCopyReadable;
import org.nbdcore.spi.helpers.BlockDevices;

/**
 * A layer that tracks its open devices. It detects use after close, a second close, and a close
 * during an asynchronous request. Safe for use by several threads.
 */
public final class TrackedBackend implements Backend {

  private final Backend source;
  private final List<OpenRequest> requests = new ArrayList<>();
  private final List<String> violations = new ArrayList<>();
  private int opened;
  private int closed;

  TrackedBackend(Backend source) {
    this.source = source;
  }

  @Override
  public BlockDevice open(OpenRequest request) throws IOException {
    synchronized (this) {
      requests.add(request);
    }
    BlockDevice device = source.open(request);
    synchronized (this) {
      opened++;
    }
    return new Handle(device);
  }

  /** The number of devices that were opened. */
  public synchronized int opened() {
    return opened;
  }

  /** The number of devices that were closed. */
  public synchronized int closed() {
    return closed;
  }

  /** The number of devices that are open. */
  public int open() {
    synchronized (this) {
      return opened - closed;
    }
  }

  /** All {@link #open} requests, failed ones included. */
  public synchronized List<OpenRequest> requests() {
    return List.copyOf(requests);
  }

  /** Violations of the devices' life cycle, one text each. */
  public synchronized List<String> violations() {
    return List.copyOf(violations);
  }

  private synchronized void violated(String what) {
    violations.add(what);
    throw new AssertionError(what);
  }

  private interface AsyncStart {
    boolean start(CompletionHandler handler) throws IOException;
  }

  private final class Handle extends InterceptedDevice
      implements ZeroCopyReadable, AsyncBlockDevice, MetaContextDevice {

    private final AtomicInteger inFlight = new AtomicInteger();
    private volatile boolean shut;

    Handle(BlockDevice next) {
      super(next);
    }

    @Override
    void before(Operation operation) {
      if (shut) {
        violated(operation + " after close");
      }
    }

    @Override
    public boolean readZeroCopy(long offset, long length, BufferList buffers) throws IOException {
      before(Operation.READ);
      return BlockDevices.readZeroCopy(next, offset, length, buffers);
    }

    @Override
    public boolean prefersAsync() {
      return BlockDevices.prefersAsync(next);
    }

    @Override
    public boolean readAsync(ByteBuffer dst, long offset, CompletionHandler completion)
        throws IOException {
      before(Operation.READ);
      return submit(completion, handler -> BlockDevices.readAsync(next, dst, offset, handler));
    }

    @Override
    public boolean writeAsync(
        ByteBuffer src, long offset, Flags flags, CompletionHandler completion) throws IOException {
      before(Operation.WRITE);
      return submit(
          completion, handler -> BlockDevices.writeAsync(next, src, offset, flags, handler));
    }

    @Override
    public List<String> metaContexts() throws IOException {
      return BlockDevices.metaContexts(next);
    }

    @Override
    public void metaContextExtents(
        String context, long offset, long length, Flags flags, ExtentSink sink) throws IOException {
      before(Operation.EXTENTS);
      BlockDevices.metaContextExtents(next, context, offset, length, flags, sink);
    }

    private boolean submit(CompletionHandler completion, AsyncStart start) throws IOException {
      inFlight.incrementAndGet();
      boolean accepted = false;
      try {
        accepted =
            start.start(
                result -> {
                  inFlight.decrementAndGet();
                  completion.completed(result);
                });
        return accepted;
      } finally {
        if (!accepted) {
          inFlight.decrementAndGet();
        }
      }
    }

    @Override
    public void close() throws IOException {
      before(Operation.CLOSE);
      if (inFlight.get() > 0) {
        violated("closed while " + inFlight + " asynchronous requests are in flight");
      }
      shut = true;
      synchronized (TrackedBackend.this) {
        closed++;
      }
      next.close();
    }
  }
}
