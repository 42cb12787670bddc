package org.nbdcore.plugin.compose;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.nbdcore.plugin.file.FileDisks;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.ConfigException;
import org.nbdcore.spi.NbdError;
import org.nbdcore.spi.NbdException;
import org.nbdcore.spi.OpenRequest;

/**
 * A file that is a part of a disk.
 *
 * @param path of the file
 * @param size in bytes when the plugin was configured; it must not change
 */
record PartFile(Path path, long size) {

  static PartFile of(Path path) throws ConfigException {
    if (!Files.exists(path)) {
      throw new ConfigException("file " + path + " does not exist");
    }
    if (Files.isDirectory(path)) {
      throw new ConfigException("file " + path + " must be a file, not a directory");
    }
    try (BlockDevice device = FileDisks.open(path, OpenRequest.detached("", true))) {
      return new PartFile(path, device.size());
    } catch (IOException e) {
      throw new ConfigException("file " + path + ": " + e.getMessage(), e);
    }
  }

  BlockDevice open(OpenRequest request) throws IOException {
    BlockDevice device = FileDisks.open(path, request);
    if (device.size() != size) {
      long now = device.size();
      device.close();
      throw new NbdException(
          NbdError.EIO,
          path.getFileName()
              + " has "
              + now
              + " bytes now, not "
              + size
              + ": the files must not be resized while they are served");
    }
    return device;
  }
}
