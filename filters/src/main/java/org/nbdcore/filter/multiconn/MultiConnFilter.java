package org.nbdcore.filter.multiconn;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.nbdcore.filter.common.Layers;
import org.nbdcore.spi.Backend;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.Capabilities;
import org.nbdcore.spi.Filter;
import org.nbdcore.spi.NbdError;
import org.nbdcore.spi.NbdException;
import org.nbdcore.spi.OpenRequest;
import org.nbdcore.spi.ThreadModel;

/** Knows all connections, so that a flush on one can be repeated on the others. */
final class MultiConnFilter implements Filter {

  private final Mode mode;
  private final Tracking tracking;
  private final boolean byExport;

  private final List<MultiConnDevice> connections = new CopyOnWriteArrayList<>();

  /** Held for reading while devices of other connections are flushed, for writing to close one. */
  private final ReadWriteLock closing = new ReentrantReadWriteLock(true);

  /** The mark of {@link Tracking#FAST}. */
  private volatile boolean dirty;

  MultiConnFilter(Mode mode, Tracking tracking, boolean byExport) {
    this.mode = mode;
    this.tracking = tracking;
    this.byExport = byExport;
  }

  @Override
  public BlockDevice open(OpenRequest request, Backend next) throws IOException {
    return Layers.wrap(
        next.open(request),
        below -> {
          Mode chosen = choose(below.capabilities(), next.threadModel());
          boolean oneAtATime = next.threadModel() == ThreadModel.SERIALIZE_REQUESTS;
          MultiConnDevice device =
              new MultiConnDevice(below, this, request.exportName(), chosen, oneAtATime);
          connections.add(device);
          return device;
        });
  }

  private Mode choose(Capabilities below, ThreadModel model) throws NbdException {
    if (mode == Mode.EMULATE && below.write() && !below.flush()) {
      throw new NbdException(
          NbdError.EINVAL,
          "multi-conn-mode=emulate needs a layer below that can flush; use auto, or unsafe if"
              + " connections are known to agree without flushes");
    }
    if (mode != Mode.AUTO) {
      return mode;
    }
    if (model == ThreadModel.SERIALIZE_CONNECTIONS) {
      return Mode.DISABLE;
    }
    if (below.multiConn()) {
      return Mode.PLUGIN;
    }
    return below.flush() ? Mode.EMULATE : Mode.DISABLE;
  }

  Tracking tracking() {
    return tracking;
  }

  void markDirty() {
    if (!dirty) {
      dirty = true;
    }
  }

  /** Flushes one connection, or all that it concerns, where that is needed. */
  void flush(MultiConnDevice from, boolean all) throws IOException {
    if (tracking == Tracking.FAST) {
      if (!dirty) {
        return;
      }
      dirty = false;
    }
    boolean done = false;
    try {
      flushEach(from, all);
      done = true;
    } finally {
      if (!done) {
        dirty = true;
      }
    }
  }

  private void flushEach(MultiConnDevice from, boolean all) throws IOException {
    if (!all) {
      from.flushBelow();
      return;
    }
    closing.readLock().lock();
    try {
      for (MultiConnDevice device : connections) {
        if (!byExport || device.export().equals(from.export())) {
          device.flushBelow();
        }
      }
    } finally {
      closing.readLock().unlock();
    }
  }

  /** Waits until no other connection flushes {@code device} and none will. */
  void remove(MultiConnDevice device) {
    closing.writeLock().lock();
    try {
      connections.remove(device);
    } finally {
      closing.writeLock().unlock();
    }
  }
}
