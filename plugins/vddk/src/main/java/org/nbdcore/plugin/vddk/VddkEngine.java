package org.nbdcore.plugin.vddk;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.CounterSink;
import org.nbdcore.spi.Log;
import org.nbdcore.spi.OpenRequest;
import org.nbdcore.spi.Session;

/** Reads and writes disks with VMware's library. */
final class VddkEngine implements Engine {

  private final Vddk vddk;
  private final VddkConfig config;
  private final Log log;
  private final SharedDisks disks = new SharedDisks();

  /**
   * Creates an engine.
   *
   * @param config with the thumbprint and the references for VDDK
   */
  VddkEngine(Vddk vddk, VddkConfig config, Log log) {
    this.vddk = vddk;
    this.config = config;
    this.log = log;
  }

  @Override
  public void counters(CounterSink sink) {
    vddk.stats().report(sink.ofProcess());
  }

  @Override
  public BlockDevice open(String path, OpenRequest request) throws IOException {
    SharedDisk shared =
        disks.join(path, request.readOnly(), new SharedDisk.Settings(vddk, config, log));
    try {
      return vddk.lifecycle().call(() -> openDevice(shared, path, request));
    } catch (IOException | RuntimeException | Error e) {
      disks.leave(path);
      throw e;
    }
  }

  /** Opens a disk in one task of the lifecycle thread. */
  private VddkDevice openDevice(SharedDisk shared, String path, OpenRequest request)
      throws IOException {
    Session session = request.session();
    session.requireConnected(); // the client may have disconnected while other disks were opened or
    // closed
    boolean readOnly = request.readOnly();
    List<VddkHandle> handles = openHandles(path, readOnly);
    try {
      return device(handles, shared, path, request);
    } catch (IOException | RuntimeException | Error e) {
      handles.forEach(VddkHandle::close);
      throw e;
    }
  }

  /** Opens one handle only for a disk that can be written, because VDDK locks it. */
  private List<VddkHandle> openHandles(String path, boolean readOnly) throws IOException {
    int count = readOnly ? config.tuning().handles() : 1;
    List<VddkHandle> handles = new ArrayList<>();
    try {
      for (int i = 0; i < count; i++) {
        handles.add(vddk.open(config, path, readOnly));
      }
      return handles;
    } catch (IOException | RuntimeException | Error e) {
      handles.forEach(VddkHandle::close);
      throw e;
    }
  }

  private VddkDevice device(
      List<VddkHandle> handles, SharedDisk shared, String path, OpenRequest request)
      throws IOException {
    VddkHandle first = handles.get(0);
    DiskInfo info = first.info();
    if (config.debug().diskInfo()) {
      info.show(log);
    }
    log.debug("transport mode: " + first.transportMode());
    Transfer[] transfers = new Transfer[handles.size()];
    for (int i = 0; i < transfers.length; i++) {
      transfers[i] =
          new Transfer(vddk, handles.get(i), shared.budget(), config.tuning().maxRequest());
    }
    shared.opened(first, info);
    shared.probe(first);
    return new VddkDevice(handles, transfers, info, shared, request, () -> disks.leave(path));
  }
}
