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
  private final Map<Object, OpenFile> files = new HashMap<>();
  private final Map<OpenFile, FileHoles> holes = new HashMap<>();
  private final List<Closeable> closing = new ArrayList<>();

  OpenFiles(VmdkOptions options) {
    this.options = options;
  }

  OpenFile open(FileLocation path) throws IOException {
    Object key = path.key();
    OpenFile file = files.get(key);
    if (file == null) {
      file = add(path.open(false));
      files.put(key, file);
    }
    return file;
  }

  /** Null where nobody can tell the file's holes. */
  FileHoles holes(OpenFile file) throws IOException {
    if (!holes.containsKey(file)) {
      Path path = file.location().path();
      FileHoles found = path == null ? file.holes() : options.holes().open(path);
      holes.put(file, found == null ? null : add(found));
    }
    return holes.get(file);
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
