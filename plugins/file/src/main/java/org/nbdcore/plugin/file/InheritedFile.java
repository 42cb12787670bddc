package org.nbdcore.plugin.file;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.nbdcore.spi.ConfigException;
import org.nbdcore.spi.InheritedDescriptors;

/**
 * A file that the parent process has opened. It is opened again for each client, by the path of the
 * descriptor in {@code /proc}, which also works for deleted files.
 *
 * @param path of the descriptor
 * @param readOnly whether the descriptor is for reading only
 */
record InheritedFile(Path path, boolean readOnly) {

  private static final Path OPEN = Path.of("/proc/self/fd");
  private static final Path FLAGS = Path.of("/proc/self/fdinfo");
  private static final int ACCESS = 3;

  static InheritedFile of(String key, long descriptor) throws ConfigException {
    String number = Long.toString(descriptor);
    Path path = OPEN.resolve(number);
    if (!Files.isDirectory(OPEN)) {
      throw new ConfigException(key + " needs " + OPEN + ", which this system does not have");
    }
    if (!InheritedDescriptors.contains(descriptor) || !Files.exists(path)) {
      throw new ConfigException(
          key + " " + number + " is not open: the parent process must pass it on");
    }
    return new InheritedFile(path, access(FLAGS.resolve(number)) == 0);
  }

  /** Returns the access mode of open(2); 0 means read-only. */
  private static int access(Path info) {
    try {
      for (String line : Files.readAllLines(info)) {
        if (line.startsWith("flags:")) {
          return Integer.parseInt(line.substring("flags:".length()).strip(), 8) & ACCESS;
        }
      }
    } catch (IOException | NumberFormatException e) {
      return ACCESS; // unknown; the permissions of the file decide
    }
    return ACCESS;
  }
}
