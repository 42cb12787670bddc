package org.nbdcore.plugin.file;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Optional;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.Log;
import org.nbdcore.spi.Session;
import org.nbdcore.system.SystemCalls;

/**
 * The user's hints for the use of files.
 *
 * @param cached whether data may stay in the page cache
 * @param advice a {@code POSIX_FADV_} constant of {@link org.nbdcore.system.FileCalls}; 0 for none
 * @param explainZeroes whether to log how each zero request was carried out
 */
record FileHints(boolean cached, int advice, boolean explainZeroes) {

  private static final Log LOG = Log.of("file");

  /** Opens a file with these hints. Hints that the system does not support are ignored. */
  BlockDevice open(Path path, boolean readOnly, Session session) throws IOException {
    FileDevice device = FileDevice.open(path, readOnly, session);
    if (explainZeroes) {
      device.explainZeroes();
    }
    if (cached && advice == 0) {
      return device;
    }
    try {
      Object key = Files.readAttributes(path, BasicFileAttributes.class).fileKey();
      boolean possible = SystemCalls.expected() && key != null;
      if (possible && advice != 0) {
        NativeDescriptor.adviseAll(key, advice);
      }
      boolean write = device.capabilities().write();
      Optional<NativeDescriptor> own =
          possible && !cached ? NativeDescriptor.open(path, key, write) : Optional.empty();
      if (own.isPresent()) {
        return new UncachedDevice(device, own.get());
      }
    } catch (IOException | LinkageError e) {
      LOG.debug(() -> "no hints for " + path + ": " + e);
    }
    return device;
  }
}
