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
 * Allocation of a file: finds and creates holes. Safe for use by many threads; every method works,
 * or says that it cannot, where a system call is missing.
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
  private volatile PageCache pageCache; // null until first needed, or if it cannot be asked
  private volatile boolean lookedForPageCache;
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

  /** The size that the system reports; 0 if it cannot be asked. */
  long size() throws IOException {
    return descriptor().isEmpty() ? 0 : descriptor().get().size();
  }

  /** Has the system fetch a range into memory; false if it cannot be asked. */
  boolean fetch(long offset, long length) {
    Optional<NativeDescriptor> opened = descriptor();
    return opened.isPresent() && opened.get().fetch(offset, length);
  }

  /** Whether the system is known to have all of a range in memory. */
  boolean cached(long offset, long length, long fileSize) {
    PageCache cache = pageCache;
    if (cache == null && !lookedForPageCache) {
      cache = openPageCache(fileSize);
    }
    return cache != null && cache.has(offset, length);
  }

  /** The system reports the truth only if the file is writable. */
  private synchronized PageCache openPageCache(long fileSize) {
    if (!lookedForPageCache) {
      if (fileSize > 0 && Files.isWritable(path) && descriptor().isPresent()) {
        pageCache = descriptor().get().pageCache(fileSize);
      }
      lookedForPageCache = true;
    }
    return pageCache;
  }

  /**
   * Reports data and holes, the last one up to its end, as the system tells that anyway. Everything
   * is data where it cannot be found out.
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
        to = end; // a hole was made between the two calls: to call it data is safe
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
