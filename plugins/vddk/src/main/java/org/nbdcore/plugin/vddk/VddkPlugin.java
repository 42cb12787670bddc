package org.nbdcore.plugin.vddk;

import java.io.IOException;
import java.util.List;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.Export;
import org.nbdcore.spi.Log;
import org.nbdcore.spi.NbdError;
import org.nbdcore.spi.NbdException;
import org.nbdcore.spi.OpenRequest;
import org.nbdcore.spi.Plugin;
import org.nbdcore.vmdk.VmdkDisk;

/** Disks of one server, or one local disk. */
final class VddkPlugin implements Plugin {

  /** What fits into the NFC memory of a server as it is delivered, 48 MiB, with room for others. */
  private static final long IN_FLIGHT = 32 << 20;

  private static final int LARGEST_CALL = 2 << 20;

  private final VddkConfig config;
  private final Log log;
  private final SharedDisks disks = new SharedDisks(IN_FLIGHT);

  /** Null before {@link #start}, and where a local disk is served without VDDK. */
  private volatile Vddk vddk;

  /** The local disk that is served without VDDK, or null. */
  private volatile VmdkDisk vmdk;

  VddkPlugin(VddkConfig config, Log log) {
    this.config = config;
    this.log = log;
  }

  @Override
  public void start() throws IOException {
    try {
      vddk = VddkProcess.get(config, log);
    } catch (NoLibraryException e) {
      doWithout(e);
      return;
    }
    if (config.create().isPresent()) {
      vddk.create(config, config.file().orElseThrow(), config.create().get());
    }
  }

  private void doWithout(NoLibraryException reason) throws IOException {
    if (config.remote() || config.libdir().isPresent() || !reason.nothingFound()) {
      throw reason;
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

  @Override
  public BlockDevice open(OpenRequest request) throws IOException {
    String path = path(request);
    if (vmdk != null) {
      return new VmdkFallback(vmdk);
    }
    VddkHandle handle = vddk.open(config, path, request.readOnly());
    try {
      DiskInfo info = handle.info();
      if (config.debug().diskInfo()) {
        info.show(log);
      }
      log.debug("transport mode: " + handle.transportMode());
      SharedDisk shared = disks.join(path);
      return new VddkDevice(
          handle,
          info,
          new Transfer(vddk, handle, shared.budget(), LARGEST_CALL),
          new AllocatedBlocks(handle, info.sectors(), config.singleLink(), config.debug(), log),
          request.readOnly(),
          () -> disks.leave(path));
    } catch (IOException | RuntimeException | Error e) {
      handle.close();
      throw e;
    }
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
    if (vddk != null && config.debug().stats()) {
      vddk.stats().show(log);
    }
  }
}
