package org.nbdcore.plugin.mkfs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.ConfigException;
import org.nbdcore.spi.OpenRequest;
import org.nbdcore.spi.Plugin;
import org.nbdcore.spi.StartContext;

/** A disk that a command creates when the server starts. All clients read it. */
final class CreatedDiskPlugin implements Plugin {

  /** Creates the disk. */
  @FunctionalInterface
  interface Maker {
    Plugin serve(Path disk) throws ConfigException;
  }

  private final DiskCommand command;
  private final Path folder;
  private final Maker maker;
  private Path own; // a folder for the disk; null before the start
  private Plugin made;

  CreatedDiskPlugin(DiskCommand command, Path folder, Maker maker) {
    this.command = command;
    this.folder = folder;
    this.maker = maker;
  }

  @Override
  public void start(StartContext context) throws IOException {
    own = Files.createTempDirectory(folder, "nbd-core");
    command.make(disk());
    try {
      made = maker.serve(disk());
    } catch (ConfigException e) {
      throw new IOException(e.getMessage(), e);
    }
    made.start(context);
  }

  private Path disk() {
    return own.resolve("disk");
  }

  @Override
  public BlockDevice open(OpenRequest request) throws IOException {
    return made.open(request.withReadOnly(true));
  }

  @Override
  public void close() throws IOException {
    try {
      if (made != null) {
        made.close();
      }
    } finally {
      if (own != null) {
        Files.deleteIfExists(disk());
        Files.deleteIfExists(own);
      }
    }
  }
}
