package org.nbdcore.plugin.file;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;

/**
 * The kind of a file. It is determined without opening the file, because opening a pipe could block
 * forever.
 */
enum FileKind {
  REGULAR,
  BLOCK_DEVICE,
  DIRECTORY,
  OTHER,
  MISSING;

  private static final int TYPE_MASK = 0170000;
  private static final int TYPE_BLOCK_DEVICE = 0060000;

  static FileKind of(Path path) {
    try {
      BasicFileAttributes attributes = Files.readAttributes(path, BasicFileAttributes.class);
      if (attributes.isRegularFile()) {
        return REGULAR;
      }
      if (attributes.isDirectory()) {
        return DIRECTORY;
      }
      int mode = (Integer) Files.getAttribute(path, "unix:mode");
      return (mode & TYPE_MASK) == TYPE_BLOCK_DEVICE ? BLOCK_DEVICE : OTHER;
    } catch (UnsupportedOperationException | IllegalArgumentException e) {
      return OTHER; // a platform that does not report the kind
    } catch (IOException e) {
      return MISSING;
    }
  }

  boolean served() {
    return this == REGULAR || this == BLOCK_DEVICE;
  }
}
