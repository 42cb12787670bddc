package org.nbdcore.plugin.vmdk;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.Export;
import org.nbdcore.spi.Log;
import org.nbdcore.spi.OpenRequest;
import org.nbdcore.spi.Plugin;
import org.nbdcore.spi.StartContext;
import org.nbdcore.vmdk.FileLocation;
import org.nbdcore.vmdk.LinuxFileHoles;
import org.nbdcore.vmdk.OpenFile;
import org.nbdcore.vmdk.VmdkDisk;
import org.nbdcore.vmdk.VmdkOptions;

/** One disk, opened once and read by all connections, which so share its caches. */
final class VmdkPlugin implements Plugin {
  private static final Log LOG = Log.of("vmdk");

  private final Path file;
  private VmdkDisk disk; // set by start, before any connection; null if the file is an OVA
  private OvaDisks ova; // the same; null if the file is a disk

  VmdkPlugin(Path file) {
    this.file = file;
  }

  @Override
  public void start(StartContext context) throws IOException {
    try {
      VmdkOptions options =
          VmdkOptions.defaults().withHoles(LinuxFileHoles::new).withWarnings(LOG::warn);
      if (!openOva(options)) {
        disk = VmdkDisk.open(file, options);
      }
    } catch (NoSuchFileException e) {
      throw new IOException("file " + file + " does not exist", e);
    }
  }

  private boolean openOva(VmdkOptions options) throws IOException {
    OpenFile archive = FileLocation.of(file).open(false);
    if (!OvaArchive.isArchive(archive)) {
      archive.close();
      return false;
    }
    ova = new OvaDisks(OvaArchive.read(archive), options);
    return true;
  }

  @Override
  public BlockDevice open(OpenRequest request) throws IOException {
    return new VmdkDevice(ova == null ? disk : ova.disk(request.exportName()));
  }

  @Override
  public List<Export> listExports(OpenRequest request) throws IOException {
    return ova == null ? Plugin.super.listExports(request) : ova.exports();
  }

  @Override
  public void close() throws IOException {
    if (disk != null) {
      disk.close();
    }
    if (ova != null) {
      ova.close();
    }
  }
}
