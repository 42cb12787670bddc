package org.nbdcore.plugin.vddk;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.Export;
import org.nbdcore.spi.Log;
import org.nbdcore.spi.NbdError;
import org.nbdcore.spi.NbdException;
import org.nbdcore.spi.OpenRequest;
import org.nbdcore.spi.Plugin;
import org.nbdcore.spi.Session;
import org.nbdcore.vmdk.VmdkDisk;

/** Disks of one server, or one local disk. */
final class VddkPlugin implements Plugin {

  /** After the preflight with the thumbprint that VDDK is given. */
  private volatile VddkConfig config;

  private final Log log;
  private final SharedDisks disks = new SharedDisks();

  /** Null before {@link #start}, and where a local disk is served without VDDK. */
  private volatile Vddk vddk;

  /** The local disk that is served without VDDK, or null. */
  private volatile VmdkDisk vmdk;

  /** The client that serves without VDDK, or null. */
  private volatile NfcEngine nfc;

  VddkPlugin(VddkConfig config, Log log) {
    this.config = config;
    this.log = log;
  }

  @Override
  public void start() throws IOException {
    if (config.engine() == EngineChoice.NFC) {
      startNfc("engine=nfc");
      return;
    }
    try {
      vddk = VddkProcess.get(config, log);
    } catch (NoLibraryException e) {
      doWithout(e);
      return;
    }
    if (config.remote()) {
      preflight(config.login().orElseThrow(), Transports.choose(config, vddk.major()));
    }
    if (config.create().isPresent()) {
      vddk.create(config, config.file().orElseThrow(), config.create().get());
    }
  }

  private void preflight(RemoteLogin login, Optional<String> transports) throws IOException {
    if (config.tuning().preflight()) {
      Preflight preflight = new Preflight(login, Preflight.DEADLINE, log);
      config = config.withLogin(preflight.run(transports));
    } else if (login.thumbprint().isEmpty()) {
      log.warn(
          "thumbprint= is missing, and preflight=false: whether "
              + login.server()
              + " is trusted is left to VDDK (see \"Thumbprints\" in docs/vddk.md)");
    }
  }

  private void doWithout(NoLibraryException reason) throws IOException {
    if (config.libdir().isPresent()
        || !reason.nothingFound()
        || config.engine() == EngineChoice.VDDK) {
      throw reason;
    }
    if (config.remote()) {
      try {
        startNfc("no VDDK found");
      } catch (IOException e) {
        throw new IOException(
            "no VDDK found (libdir= names one), and without it: " + e.getMessage(), e);
      }
      return;
    }
    if (config.create().isPresent()) {
      throw new IOException("create=true needs VDDK: " + reason.getMessage(), reason);
    }
    if (config.singleLink()) {
      throw new IOException("single-link=true needs VDDK: " + reason.getMessage(), reason);
    }
    vmdk = VmdkFallback.openDisk(config.file().orElseThrow());
    log.warn(
        "no VDDK found: serving "
            + config.file().orElseThrow()
            + " read-only with nbd-core's own VMDK reader (libdir= names a VDDK)");
  }

  private void startNfc(String why) throws IOException {
    preflight(config.login().orElseThrow(), config.transports());
    nfc = NfcEngine.start(config, log);
    log.warn(
        why
            + ": disks are served by nbd-core's own NFC client, which has not been tried on a real"
            + " server yet (see \"Without VDDK\" in docs/vddk.md)");
  }

  @Override
  public BlockDevice open(OpenRequest request) throws IOException {
    String path = path(request);
    if (nfc != null) {
      return nfc.open(path, request.readOnly());
    }
    if (vmdk != null) {
      return new VmdkFallback(vmdk);
    }
    boolean readOnly = request.readOnly();
    SharedDisk shared = disks.join(path, readOnly, new SharedDisk.Settings(vddk, config, log));
    try {
      return vddk.lifecycle().call(() -> openDevice(shared, path, request));
    } catch (IOException | RuntimeException | Error e) {
      disks.leave(path);
      throw e;
    }
  }

  /** Opens on the lifecycle thread; for all that this takes its turn comes once. */
  private VddkDevice openDevice(SharedDisk shared, String path, OpenRequest request)
      throws IOException {
    Session session = request.session();
    session.requireConnected(); // the client may have left while others were opened or closed
    boolean readOnly = request.readOnly();
    List<VddkHandle> handles = openHandles(path, readOnly);
    try {
      return device(handles, shared, path, request);
    } catch (IOException | RuntimeException | Error e) {
      handles.forEach(VddkHandle::close);
      throw e;
    }
  }

  /** Only one for a disk that can be written: VDDK locks it. */
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

  private String path(OpenRequest request) throws NbdException {
    if (config.file().isPresent()) {
      return config.file().get();
    }
    Wildcard wildcard = config.export().orElseThrow();
    if (!wildcard.matches(request.exportName())) {
      throw new NbdException(
          NbdError.EINVAL,
          "the export name '" + request.exportName() + "' does not match export=" + wildcard);
    }
    return request.exportName();
  }

  /** With a wildcard nobody but the server knows what there is. */
  @Override
  public List<Export> listExports(OpenRequest request) {
    return config.export().isPresent() ? List.of() : List.of(new Export("", ""));
  }

  @Override
  public void close() throws IOException {
    if (vmdk != null) {
      vmdk.close();
    }
    if (nfc != null) {
      nfc.close();
    }
  }
}
