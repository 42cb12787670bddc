package org.nbdcore.vmdk;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * All that a disk and its parents hold open; each file once, however many extents it serves. Used
 * by one thread.
 */
final class OpenFiles implements Closeable {
  private final VmdkOptions options;
  private final Map<Path, DataFile> files = new HashMap<>();
  private final Map<Path, FileHoles> holes = new HashMap<>();
  private final List<Closeable> closing = new ArrayList<>();

  OpenFiles(VmdkOptions options) {
    this.options = options;
  }

  DataFile open(Path path) throws IOException {
    Path key = path.toAbsolutePath().normalize();
    DataFile file = files.get(key);
    if (file == null) {
      file = add(DataFile.open(path));
      files.put(key, file);
    }
    return file;
  }

  /** Null where nobody can tell the file's holes. */
  FileHoles holes(Path path) throws IOException {
    Path key = path.toAbsolutePath().normalize();
    if (!holes.containsKey(key)) {
      FileHoles found = options.holes().open(path);
      holes.put(key, found == null ? null : add(found));
    }
    return holes.get(key);
  }

  <T extends Closeable> T add(T closeable) {
    closing.add(closeable);
    return closeable;
  }

  /** Closes everything, and then throws the first failure, if there was one. */
  @Override
  public void close() throws IOException {
    IOException failure = null;
    for (Closeable each : closing) {
      try {
        each.close();
      } catch (IOException e) {
        if (failure == null) {
          failure = e;
        } else {
          failure.addSuppressed(e);
        }
      }
    }
    if (failure != null) {
      throw failure;
    }
  }
}
