package org.nbdcore.vmdk;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import org.nbdcore.system.PageCache;

/**
 * Finds out which parts of a file of this machine are in the page cache. It needs JNA, which the
 * user of this library may supply. Thread-safe.
 */
final class FilePages implements Closeable {
  private static final Path DESCRIPTORS = Path.of("/proc/self/fd");

  private final PageCache cache;

  private FilePages(PageCache cache) {
    this.cache = cache;
  }

  /**
   * Creates the query for an open file.
   *
   * @param file its real path
   * @param key its file key, to detect that the path now refers to another file
   * @param size of the part to query, in bytes
   * @return null if the system cannot report this
   */
  static FilePages of(Path file, Object key, long size) {
    if (size == 0 || key == null || !Files.isWritable(file)) {
      return null;
    }
    try {
      int descriptor = LinuxFileHoles.open(file, false);
      if (descriptor < 0) {
        return null;
      }
      try {
        PageCache cache = isSame(descriptor, key) ? PageCache.of(descriptor, size) : null;
        return cache == null ? null : new FilePages(cache);
      } finally {
        LinuxFileHoles.close(descriptor);
      }
    } catch (LinkageError e) {
      return null; // JNA is missing
    }
  }

  private static boolean isSame(int descriptor, Object key) {
    Path opened = DESCRIPTORS.resolve(Integer.toString(descriptor));
    try {
      return key.equals(Files.readAttributes(opened, BasicFileAttributes.class).fileKey());
    } catch (IOException e) {
      return false;
    }
  }

  /** Returns true if the whole range is known to be in memory. */
  boolean has(long offset, long length) {
    return cache.has(offset, length);
  }

  @Override
  public void close() {
    cache.close();
  }
}
