package org.nbdcore.plugin.vmdk;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.Log;
import org.nbdcore.spi.OpenRequest;
import org.nbdcore.spi.Plugin;
import org.nbdcore.spi.StartContext;
import org.nbdcore.vmdk.LinuxFileHoles;
import org.nbdcore.vmdk.VmdkDisk;
import org.nbdcore.vmdk.VmdkOptions;

/** One disk, opened once and read by all connections, which so share its caches. */
final class VmdkPlugin implements Plugin {
  private static final Log LOG = Log.of("vmdk");

  private final Path file;
  private VmdkDisk disk; // set by start, before any connection

  VmdkPlugin(Path file) {
    this.file = file;
  }

  @Override
  public void start(StartContext context) throws IOException {
    try {
      VmdkOptions options =
          VmdkOptions.defaults().withHoles(LinuxFileHoles::new).withWarnings(LOG::warn);
      disk = VmdkDisk.open(file, options);
    } catch (NoSuchFileException e) {
      throw new IOException("file " + file + " does not exist", e);
    }
  }

  @Override
  public BlockDevice open(OpenRequest request) {
    return new VmdkDevice(disk);
  }

  @Override
  public void close() throws IOException {
    if (disk != null) {
      disk.close();
    }
  }
}
