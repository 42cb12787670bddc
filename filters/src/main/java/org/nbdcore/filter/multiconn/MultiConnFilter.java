package org.nbdcore.filter.multiconn;

import java.io.IOException;
import org.nbdcore.spi.Backend;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.Capabilities;
import org.nbdcore.spi.Filter;
import org.nbdcore.spi.NbdError;
import org.nbdcore.spi.NbdException;
import org.nbdcore.spi.OpenRequest;
import org.nbdcore.spi.ThreadModel;
import org.nbdcore.spi.helpers.BlockDevices;
import org.nbdcore.spi.helpers.PerExport;

/** Tracks all connections, to repeat a flush on the others. */
final class MultiConnFilter implements Filter {

  /** The name of the only group if exports share one. */
  private static final String ALL = "";

  private final MultiConnMode mode;
  private final DirtyTracking tracking;
  private final boolean byExport;
  private final PerExport<ConnectionGroup> groups = new PerExport<>();
  private final PerExport<DirtyCounter> exports = new PerExport<>();

  /** True if any connection was closed with changes that no flush had covered. */
  private volatile boolean unflushed;

  MultiConnFilter(MultiConnMode mode, DirtyTracking tracking, boolean byExport) {
    this.mode = mode;
    this.tracking = tracking;
    this.byExport = byExport;
  }

  @Override
  public BlockDevice open(OpenRequest request, Backend next) throws IOException {
    return BlockDevices.wrap(
        next.open(request),
        device -> {
          Capabilities below = device.capabilities();
          MultiConnMode chosen = choose(below, next.threadModel());
          boolean oneAtATime = next.threadModel() == ThreadModel.SERIALIZE_REQUESTS;
          String export = request.exportName();
          String name = byExport ? export : ALL;
          ConnectionGroup group = groups.acquire(name, () -> new ConnectionGroup(tracking));
          DirtyCounter changes = exports.acquire(export, this::marks);
          Runnable left =
              () -> {
                groups.release(name);
                release(export, changes);
              };
          return new MultiConnDevice(device, below, group, changes, left, chosen, oneAtATime);
        });
  }

  private DirtyCounter marks() {
    DirtyCounter marks = new DirtyCounter();
    if (unflushed) {
      marks.mark(); // perhaps for this export
    }
    return marks;
  }

  private void release(String export, DirtyCounter changes) {
    if (!changes.clean()) {
      unflushed = true; // before the marks are removed, so that later connections see it
    }
    exports.release(export);
  }

  private MultiConnMode choose(Capabilities below, ThreadModel model) throws NbdException {
    if (mode == MultiConnMode.EMULATE && below.write() && !below.flush()) {
      throw new NbdException(
          NbdError.EINVAL,
          "multi-conn-mode=emulate needs a layer below that can flush; use auto, or unsafe if"
              + " connections are known to agree without flushes");
    }
    if (mode != MultiConnMode.AUTO) {
      return mode;
    }
    if (model == ThreadModel.SERIALIZE_CONNECTIONS) {
      return MultiConnMode.DISABLE;
    }
    if (below.multiConn()) {
      return MultiConnMode.PLUGIN;
    }
    return below.flush() ? MultiConnMode.EMULATE : MultiConnMode.DISABLE;
  }
}
