package org.nbdcore.plugin.file;

import java.io.IOException;
import java.nio.file.Path;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.OpenRequest;

/** Opens files and block devices as disks, for plugins that create or join such files. */
public final class FileDisks {

  private FileDisks() {}

  /**
   * Opens a file for reading and writing; for reading only if requested or if the file is
   * read-only.
   *
   * @param request only its session and {@code readOnly} are used
   * @return a device like that of the plugin {@code file}, safe for use by several threads; the
   *     file may be deleted while it is open
   * @throws IOException with the system's error and text
   */
  public static BlockDevice open(Path file, OpenRequest request) throws IOException {
    return FileDevice.open(file, request.readOnly(), request.session());
  }
}
