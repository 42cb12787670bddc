package org.nbdcore.filter.multiconn;

import java.io.IOException;
import org.nbdcore.filter.common.Layers;
import org.nbdcore.filter.common.PerExport;
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

  /** The name of the only group where exports are not kept apart. */
  private static final String ALL = "";

  private final Mode mode;
  private final Tracking tracking;
  private final boolean byExport;
  private final PerExport<Group> groups = new PerExport<>();
  private final PerExport<Marks> exports = new PerExport<>();

  /** Whether any connection has been closed with changes that no flush had covered. */
  private volatile boolean unflushed;

  MultiConnFilter(Mode mode, Tracking tracking, boolean byExport) {
    this.mode = mode;
    this.tracking = tracking;
    this.byExport = byExport;
  }

  @Override
  public BlockDevice open(OpenRequest request, Backend next) throws IOException {
    return Layers.wrap(
        next.open(request),
        device -> {
          Capabilities below = device.capabilities();
          Mode chosen = choose(below, next.threadModel());
          boolean oneAtATime = next.threadModel() == ThreadModel.SERIALIZE_REQUESTS;
          String export = request.exportName();
          String name = byExport ? export : ALL;
          Group group = groups.acquire(name, () -> new Group(tracking));
          Marks changes = exports.acquire(export, this::marks);
          Runnable left =
              () -> {
                groups.release(name);
                release(export, changes);
              };
          return new MultiConnDevice(device, below, group, changes, left, chosen, oneAtATime);
        });
  }

  private Marks marks() {
    Marks marks = new Marks();
    if (unflushed) {
      marks.mark(); // perhaps for this export
    }
    return marks;
  }

  private void release(String export, Marks changes) {
    if (!changes.clean()) {
      unflushed = true; // before the marks are forgotten, so that the next ones know
    }
    exports.release(export);
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
}
