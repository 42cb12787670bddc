package org.nbdcore.plugin.mkfs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.nbdcore.plugin.file.FileDisks;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.OpenRequest;
import org.nbdcore.spi.Plugin;

/** Creates a disk for each client. */
final class TmpdiskPlugin implements Plugin {

  private final DiskCommand command;
  private final Path folder;

  TmpdiskPlugin(DiskCommand command, Path folder) {
    this.command = command;
    this.folder = folder;
  }

  @Override
  public BlockDevice open(OpenRequest request) throws IOException {
    Path own = Files.createTempDirectory(folder, "nbd-core");
    Path disk = own.resolve("disk");
    try {
      command.make(disk);
      return new TemporaryDevice(FileDisks.open(disk, request));
    } finally {
      // The open file continues to exist without a name, and is freed when it is closed, even if
      // this process is killed.
      Files.deleteIfExists(disk);
      Files.deleteIfExists(own);
    }
  }
}
