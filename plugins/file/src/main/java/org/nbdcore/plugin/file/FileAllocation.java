package org.nbdcore.plugin.file;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.nbdcore.spi.ExtentSink;
import org.nbdcore.spi.Log;
import org.nbdcore.system.ErrorText;
import org.nbdcore.system.FileCalls;
import org.nbdcore.system.PageCache;
import org.nbdcore.system.SystemCalls;

/**
 * Allocation of a file: finds and creates holes. Safe for use by several threads. If a system call
 * is missing, each method uses a fallback or reports that it is not supported.
 */
final class FileAllocation {

  private static final Log LOG = Log.of("file");
  private static final int HOLE = ExtentSink.HOLE | ExtentSink.ZERO;
  private static final int ENODEV = 19;
  private static final int EINVAL = 22;
  private static final int ENOSYS = 38;
  private static final int EOPNOTSUPP = 95;

  private final Path path;
  private final Object key;
  private final boolean write;
  private volatile Optional<NativeDescriptor> descriptor; // null until first needed
  private volatile PageCache pageCache; // null until first used, or if it is not supported
  private volatile boolean pageCacheQueried;
  private volatile boolean explained;
  private volatile boolean canPunch = true;
  private volatile boolean canZero = true;

  FileAllocation(Path path, Object key, boolean write) {
    this.path = path;
    this.key = key;
    this.write = write;
  }

  private Optional<NativeDescriptor> descriptor() {
    Optional<NativeDescriptor> found = descriptor;
    return found == null ? openDescriptor() : found;
  }

  private synchronized Optional<NativeDescriptor> openDescriptor() {
    if (descriptor == null) {
      boolean possible = SystemCalls.expected() && key != null;
      descriptor = possible ? NativeDescriptor.open(path, key, write) : Optional.empty();
    }
    return descriptor;
  }

  /** The size that the system reports; 0 if this is not supported. */
  long size() throws IOException {
    return descriptor().isEmpty() ? 0 : descriptor().get().size();
  }

  /** Prefetches a range into the page cache. Returns false if this is not supported. */
  boolean fetch(long offset, long length) {
    Optional<NativeDescriptor> opened = descriptor();
    return opened.isPresent() && opened.get().fetch(offset, length);
  }

  /** True if the whole range is known to be in the page cache. */
  boolean cached(long offset, long length, long fileSize) {
    PageCache cache = pageCache;
    if (cache == null && !pageCacheQueried) {
      cache = openPageCache(fileSize);
    }
    return cache != null && cache.has(offset, length);
  }

  /** The system reports the truth only if the file is writable. */
  private synchronized PageCache openPageCache(long fileSize) {
    if (!pageCacheQueried) {
      if (fileSize > 0 && Files.isWritable(path) && descriptor().isPresent()) {
        pageCache = descriptor().get().pageCache(fileSize);
      }
      pageCacheQueried = true;
    }
    return pageCache;
  }

  /**
   * Reports data and holes; the last one up to its end, because the system reports it anyway.
   * Reports data if holes are not supported.
   *
   * @param size of the disk
   */
  void extents(long offset, long length, long size, boolean one, ExtentSink sink)
      throws IOException {
    Optional<NativeDescriptor> opened = descriptor();
    if (opened.isEmpty()) {
      sink.add(offset, length, ExtentSink.DATA);
      return;
    }
    NativeDescriptor file = opened.get();
    long end = offset + length;
    long at = offset;
    boolean more = true;
    while (more && at < end) {
      long data = file.seekData(at);
      long to = end;
      if (data != NativeDescriptor.UNKNOWN) {
        to = Math.min(size, data > at ? data : file.seekHole(at));
      }
      if (to <= at) {
        to = end; // a hole was created between the two calls; reporting it as data is safe
      }
      more = sink.add(at, to - at, data > at ? HOLE : ExtentSink.DATA) && !one;
      at = to;
    }
  }

  /** Makes a hole; false if the file cannot have one there, and nothing was changed. */
  boolean punch(long offset, long length) throws IOException {
    if (!canPunch || descriptor().isEmpty()) {
      return false;
    }
    int error = descriptor().get().fallocate(FileCalls.PUNCH_HOLE, offset, length);
    canPunch = !unsupported(error);
    explain("a hole", offset, length, error);
    return done(error, "making a hole");
  }

  /** Makes allocated zeroes; false if the file system cannot do that, and nothing was changed. */
  boolean zero(long offset, long length) throws IOException {
    if (!canZero || descriptor().isEmpty()) {
      return false;
    }
    int error = descriptor().get().fallocate(FileCalls.ZERO_RANGE, offset, length);
    canZero = !unsupported(error);
    explain("allocated zeroes", offset, length, error);
    return done(error, "making zeroes");
  }

  /** Logs each further attempt to create holes or zeroes. */
  void explain() {
    explained = true;
  }

  private void explain(String what, long offset, long length, int error) {
    if (explained) {
      String result = error == 0 ? "made" : "not possible, " + ErrorText.known(error);
      LOG.info("zero: " + what + " of " + length + " bytes at " + offset + ": " + result);
    }
  }

  private static boolean unsupported(int error) {
    return error == EOPNOTSUPP || error == ENOSYS || error == ENODEV;
  }

  /** A block device refuses a range that is not aligned to its sectors with EINVAL. */
  private static boolean done(int error, String what) throws IOException {
    if (error != 0 && error != EINVAL && !unsupported(error)) {
      throw SystemErrors.failed(what, error);
    }
    return error == 0;
  }

  synchronized void close() {
    if (pageCache != null) {
      pageCache.close();
    }
    if (descriptor != null && descriptor.isPresent()) {
      descriptor.get().close(); // no method reference: linking one needs JNA, if there is any
    }
  }
}
