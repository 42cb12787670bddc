package org.nbdcore.vmdk;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * All open files of a disk and its parents. Each file is opened once, however many extents it
 * contains. For one thread.
 */
final class OpenFiles implements Closeable {
  private final VmdkOptions options;
  private final Map<Object, OpenFile> files = new HashMap<>();
  private final Set<Object> writable = new HashSet<>();
  private final Map<OpenFile, FileHoles> holes = new HashMap<>();
  private final List<Closeable> closing = new ArrayList<>();

  OpenFiles(VmdkOptions options) {
    this.options = options;
  }

  int tableCacheBytes() {
    return options.tableCacheBytes();
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

  /**
   * Opens a file of the writable link. Call it after the parents are open.
   *
   * @throws ReadOnlyDiskException if a parent uses the same file, because a write would destroy the
   *     parent
   */
  OpenFile openWritable(FileLocation path) throws IOException {
    Object key = path.key();
    if (!files.containsKey(key)) {
      files.put(key, add(path.open(true)));
      writable.add(key);
    } else if (!writable.contains(key)) {
      throw new ReadOnlyDiskException(
          path + ": belongs to the disk and to its parent, so it cannot be written");
    }
    return files.get(key);
  }

  /** Returns null if the file's holes are not known. */
  FileHoles holes(OpenFile file, boolean writable) throws IOException {
    if (!holes.containsKey(file)) {
      Path path = file.location().realPath();
      FileHoles found = path == null ? file.holes() : options.holes().open(path, writable);
      holes.put(file, found == null ? null : add(found));
    }
    return holes.get(file);
  }

  <T extends Closeable> T add(T closeable) {
    closing.add(closeable);
    return closeable;
  }

  /** Closes all files, and then throws the first failure, if any. */
  @Override
  public void close() throws IOException {
    Closeables.closeAll(closing);
  }
}
