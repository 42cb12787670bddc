package org.nbdcore.plugin.vddk;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.CounterSink;
import org.nbdcore.spi.Export;
import org.nbdcore.spi.Log;
import org.nbdcore.spi.NbdError;
import org.nbdcore.spi.NbdException;
import org.nbdcore.spi.OpenRequest;
import org.nbdcore.spi.Plugin;
import org.nbdcore.spi.StartContext;
import org.nbdcore.vsphere.MoRef;
import org.nbdcore.vsphere.VirtualDisk;

/** Serves disks of one server, or one local disk. */
final class VddkPlugin implements Plugin {

  /** After the preflight, it contains the thumbprint for VDDK. */
  private volatile VddkConfig config;

  private final Log log;

  /** The engine that opens disks. Null before {@link #start}. */
  private volatile Engine engine;

  /** The machine; null if VDDK alone is sufficient. */
  private volatile RemoteMachine machine;

  /** Null without a machine. */
  private volatile MachineChanges changes;

  /** The disk that all clients are served; null if they choose. */
  private volatile String file;

  VddkPlugin(VddkConfig config, Log log) {
    this.config = config;
    this.log = log;
    this.file = config.file().orElse(null);
  }

  @Override
  public void start(StartContext context) throws IOException {
    if (config.engine().isOwn()) {
      startOwn("engine=" + config.engine().name().toLowerCase(java.util.Locale.ROOT));
      return;
    }
    if (config.within().isPresent()) {
      engine = new LocalEngine(config);
      return;
    }
    Vddk vddk;
    try {
      vddk = VddkProcess.get(config, log);
    } catch (NoLibraryException e) {
      doWithout(e);
      return;
    }
    if (config.remote()) {
      preflight(config.login().orElseThrow(), Transports.choose(config, vddk.major()));
    }
    if (RemoteMachine.isNeeded(config)) {
      startMachine();
      config =
          config.withReferences(
              "moref=" + machine.machine().ref().value(), machine.snapshot().map(MoRef::value));
    }
    engine = new VddkEngine(vddk, config, log);
    if (config.create().isPresent()) {
      vddk.create(config, config.file().orElseThrow(), config.create().get());
    }
  }

  private void startMachine() throws IOException {
    machine = RemoteMachine.start(config, log);
    if (config.machine().disk().isPresent()) {
      file = machine.fileOf(config.machine().disk().get());
    }
    changes = new MachineChanges(config.machine(), machine, log);
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
        startOwn("no VDDK found");
      } catch (IOException e) {
        throw new IOException(
            "no VDDK found (set libdir= to use one), and without VDDK: " + e.getMessage(), e);
      }
      return;
    }
    engine = new LocalEngine(config);
    log.warn(
        "no VDDK found: serving "
            + file
            + " with nbd-core's own VMDK code (set libdir= to use VDDK)");
  }

  private void startOwn(String why) throws IOException {
    boolean https = config.engine() == EngineChoice.HTTPS;
    // port 902 does not matter to HTTPS
    preflight(config.login().orElseThrow(), https ? Optional.of("file") : config.transports());
    startMachine();
    engine = https ? new HttpsEngine(machine, log) : new NfcEngine(config, machine, log);
    log.warn(
        why
            + ": disks are served by nbd-core's own "
            + (https ? "HTTPS" : "NFC")
            + " client, which has not been tried on a real server yet (see \"Without VDDK\" in"
            + " docs/vddk.md)");
  }

  @Override
  public BlockDevice open(OpenRequest request) throws IOException {
    String path = path(request);
    BlockDevice device = engine.open(path, request);
    return changes == null ? device : changes.decorate(device, path);
  }

  private String path(OpenRequest request) throws NbdException {
    if (file != null) {
      return file;
    }
    Wildcard wildcard = config.export().orElseThrow();
    if (!wildcard.matches(request.exportName())) {
      throw new NbdException(
          NbdError.EINVAL,
          "the export name '" + request.exportName() + "' does not match export=" + wildcard);
    }
    return request.exportName();
  }

  /** Lists the machine's disks that match the wildcard. VDDK alone cannot list disks. */
  @Override
  public List<Export> listExports(OpenRequest request) {
    if (config.export().isEmpty()) {
      return List.of(Export.of(""));
    }
    List<Export> exports = new ArrayList<>();
    if (machine != null) {
      for (VirtualDisk disk : machine.disks()) {
        if (config.export().get().matches(disk.file())) {
          exports.add(
              Export.of(disk.file())
                  .withDescription(
                      disk.name()
                          + " of "
                          + machine.machine().name()
                          + ", "
                          + disk.capacity()
                          + " bytes"));
        }
      }
    }
    return exports;
  }

  @Override
  public void counters(CounterSink sink) {
    Engine started = engine;
    if (started != null) {
      started.counters(sink);
    }
  }

  @Override
  public void close() throws IOException {
    try {
      if (engine != null) {
        engine.close();
      }
    } finally {
      if (machine != null) {
        machine.close();
      }
    }
  }
}
