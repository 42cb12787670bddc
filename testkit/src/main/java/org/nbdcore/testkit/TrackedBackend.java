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
 * A layer that tracks its open devices and detects use after close, a second close, and a close
 * during an asynchronous request. Safe for use by many threads.
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

  /** How many devices were opened. */
  public synchronized int opened() {
    return opened;
  }

  /** How many devices were closed. */
  public synchronized int closed() {
    return closed;
  }

  /** How many devices are open. */
  public int open() {
    synchronized (this) {
      return opened - closed;
    }
  }

  /** Every request to open, failed ones too. */
  public synchronized List<OpenRequest> requests() {
    return List.copyOf(requests);
  }

  /** Violations of the devices' life cycle: use after close, second close. */
  public synchronized List<String> violations() {
    return List.copyOf(violations);
  }

  private synchronized void violated(String what) {
    violations.add(what);
    throw new AssertionError(what);
  }

  private interface Start {
    boolean begin(CompletionHandler told) throws IOException;
  }

  private final class Handle extends InterceptedDevice
      implements ZeroCopyReadable, AsyncBlockDevice, MetaContextDevice {

    private final AtomicInteger inProgress = new AtomicInteger();
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
      return begin(completion, told -> BlockDevices.readAsync(next, dst, offset, told));
    }

    @Override
    public boolean writeAsync(
        ByteBuffer src, long offset, Flags flags, CompletionHandler completion) throws IOException {
      before(Operation.WRITE);
      return begin(completion, told -> BlockDevices.writeAsync(next, src, offset, flags, told));
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

    private boolean begin(CompletionHandler completion, Start start) throws IOException {
      inProgress.incrementAndGet();
      boolean accepted = false;
      try {
        accepted =
            start.begin(
                result -> {
                  inProgress.decrementAndGet();
                  completion.completed(result);
                });
        return accepted;
      } finally {
        if (!accepted) {
          inProgress.decrementAndGet();
        }
      }
    }

    @Override
    public void close() throws IOException {
      before(Operation.CLOSE);
      if (inProgress.get() > 0) {
        violated("closed while " + inProgress + " operations go on");
      }
      shut = true;
      synchronized (TrackedBackend.this) {
        closed++;
      }
      next.close();
    }
  }
}
