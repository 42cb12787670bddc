package org.nbdcore.plugin.vmdk;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.util.List;
import java.util.Optional;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.CounterSink;
import org.nbdcore.spi.Export;
import org.nbdcore.spi.Log;
import org.nbdcore.spi.OpenRequest;
import org.nbdcore.spi.Plugin;
import org.nbdcore.spi.StartContext;
import org.nbdcore.vmdk.FileLocation;
import org.nbdcore.vmdk.LinuxFileHoles;
import org.nbdcore.vmdk.OpenFile;
import org.nbdcore.vmdk.VmdkCounters;
import org.nbdcore.vmdk.VmdkCreateOptions;
import org.nbdcore.vmdk.VmdkDisk;
import org.nbdcore.vmdk.VmdkOptions;
import org.nbdcore.vmdk.VmdkStore;

/** One disk, which all connections share, with its caches. */
final class VmdkPlugin implements Plugin {
  private static final Log LOG = Log.of("vmdk");

  private final FileLocation file;
  private final Optional<VmdkCreateOptions> create;
  private final Optional<FileLocation> snapshot;
  private final boolean singleLink;
  private final VmdkCounters grains = new VmdkCounters();
  private VmdkStore store; // set by start, before any connection; null if the file is an OVA
  private OvaDisks ova; // the same; null if the file is a disk

  /**
   * @param create options to create the disk first
   * @param snapshot the child to create and to serve instead of the disk
   * @param singleLink whether to open the disk without its parents
   */
  VmdkPlugin(
      FileLocation file,
      Optional<VmdkCreateOptions> create,
      Optional<FileLocation> snapshot,
      boolean singleLink) {
    this.file = file;
    this.create = create;
    this.snapshot = snapshot;
    this.singleLink = singleLink;
  }

  @Override
  public void start(StartContext context) throws IOException {
    VmdkOptions options =
        VmdkOptions.defaults()
            .withHoles(LinuxFileHoles::new)
            .withWarnings(LOG::warn)
            .withCounters(grains)
            .withSingleLink(singleLink);
    try {
      if (create.isPresent()) {
        store = VmdkStore.create(file, create.get(), options);
      } else if (snapshot.isPresent()) {
        store = VmdkStore.createChild(snapshot.get(), file, options);
      } else if (!openOva(options)) {
        store = VmdkStore.open(file, options);
      }
    } catch (FileAlreadyExistsException e) {
      throw new IOException("file " + e.getFile() + " exists; a new disk needs a new name", e);
    } catch (NoSuchFileException e) {
      throw new IOException("file " + file + " does not exist", e);
    }
  }

  private boolean openOva(VmdkOptions options) throws IOException {
    OpenFile archive = file.open(false);
    if (!OvaArchive.isArchive(archive)) {
      archive.close();
      return false;
    }
    ova = new OvaDisks(OvaArchive.read(archive), options);
    return true;
  }

  @Override
  public BlockDevice open(OpenRequest request) throws IOException {
    if (ova != null) {
      return new VmdkDevice(ova.disk(request.exportName()));
    }
    VmdkDisk disk = store.acquire(request.readOnly());
    boolean writable = !request.readOnly() && disk.writable();
    return new VmdkDevice(
        disk, writable, writable ? store::release : () -> {}, VmdkDevice.preferring(disk));
  }

  @Override
  public List<Export> listExports(OpenRequest request) throws IOException {
    return ova == null ? Plugin.super.listExports(request) : ova.exports();
  }

  @Override
  public void counters(CounterSink sink) {
    GrainCounts.report(grains, sink);
  }

  @Override
  public void close() throws IOException {
    if (store != null) {
      store.close();
    }
    if (ova != null) {
      ova.close();
    }
  }
}
