package org.nbdcore.plugin.vmdk;

import java.io.IOException;
import java.util.List;
import org.nbdcore.spi.Backend;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.CounterSink;
import org.nbdcore.spi.Export;
import org.nbdcore.spi.Filter;
import org.nbdcore.spi.Log;
import org.nbdcore.spi.OpenRequest;
import org.nbdcore.vmdk.OpenFile;
import org.nbdcore.vmdk.VmdkCounters;
import org.nbdcore.vmdk.VmdkDisk;
import org.nbdcore.vmdk.VmdkOptions;

/**
 * Opens the disk again for each connection, because the layer below may depend on the export name.
 */
final class VmdkFilter implements Filter {

  private final VmdkCounters grains = new VmdkCounters();
  private final VmdkOptions options =
      VmdkOptions.defaults().withWarnings(Log.of("vmdk")::warn).withCounters(grains);

  @Override
  public BlockDevice open(OpenRequest request, Backend next) throws IOException {
    LayerLocation location = new LayerLocation(next, request.withReadOnly(true));
    OpenFile file = location.open();
    if (!OvaArchive.isArchive(file)) {
      file.close();
      VmdkDisk disk = VmdkDisk.open(location, options);
      return new OwnedDisk(new VmdkDevice(disk), disk);
    }
    OvaDisks disks = new OvaDisks(OvaArchive.read(file), options);
    try {
      return new OwnedDisk(new VmdkDevice(disks.disk(request.exportName())), disks);
    } catch (IOException | RuntimeException | Error e) {
      try (disks) {
        throw e;
      }
    }
  }

  @Override
  public void counters(CounterSink sink) {
    GrainCounts.report(grains, sink);
  }

  /** Lists the exports of the layer below or, if the file is an OVA, its disks. */
  @Override
  public List<Export> listExports(OpenRequest request, Backend next) throws IOException {
    List<Export> below = next.listExports(request);
    if (below.size() > 1) {
      return below;
    }
    OpenRequest wanted = request.withExportName(next.defaultExport(request)).withReadOnly(true);
    try (OpenFile file = new LayerLocation(next, wanted).open()) {
      if (!OvaArchive.isArchive(file)) {
        return below;
      }
      try (OvaArchive archive = OvaArchive.read(file)) {
        return new OvaDisks(archive, options).exports();
      }
    }
  }
}
