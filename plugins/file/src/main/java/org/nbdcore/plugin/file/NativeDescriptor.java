package org.nbdcore.plugin.file;

import com.sun.jna.LastErrorException;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Arrays;
import java.util.Optional;
import org.nbdcore.spi.FileNames;
import org.nbdcore.system.FileCalls;
import org.nbdcore.system.PageCache;

/**
 * A second file descriptor of a file that Java has open, for system calls that Java lacks. Java
 * does not expose the number of its own descriptor.
 */
final class NativeDescriptor {

  /** {@link #seekData} found nothing but a hole up to the end. */
  static final long NONE = Long.MAX_VALUE;

  /** Result of {@link #seekData} if it is not supported, for example for a block device. */
  static final long UNKNOWN = -1;

  private static final Path OPEN_FILES = Path.of("/proc/self/fd");

  /** Maximum bytes that Linux prefetches for one call, unless its read-ahead is set higher. */
  private static final long FETCH = 128 << 10;

  private static final int EINTR = 4;
  private static final int EINVAL = 22;

  private final int number;

  private NativeDescriptor(int number) {
    this.number = number;
  }

  /**
   * Opens the same file again: by its name, or through Java's descriptor if the name now belongs to
   * another file.
   *
   * @param key of the file that Java has open
   * @return empty if this is not possible
   */
  static Optional<NativeDescriptor> open(Path path, Object key, boolean write) {
    try {
      NativeDescriptor byName = openSame(path, key, write);
      if (byName != null) {
        return Optional.of(byName);
      }
      try (DirectoryStream<Path> open = Files.newDirectoryStream(OPEN_FILES)) {
        for (Path entry : open) {
          NativeDescriptor again = sameFile(entry, key) ? openSame(entry, key, write) : null;
          if (again != null) {
            return Optional.of(again);
          }
        }
      }
      return Optional.empty();
    } catch (IOException | LinkageError e) {
      return Optional.empty();
    }
  }

  private static NativeDescriptor openSame(Path path, Object key, boolean write) {
    int flags = FileCalls.O_CLOEXEC | (write ? FileCalls.O_RDWR : FileCalls.O_RDONLY);
    try {
      NativeDescriptor opened = new NativeDescriptor(FileCalls.open(bytes(path), flags));
      if (sameFile(OPEN_FILES.resolve(Integer.toString(opened.number)), key)) {
        return opened;
      }
      opened.close();
    } catch (LastErrorException e) {
      // it cannot be opened by this name
    }
    return null;
  }

  private static byte[] bytes(Path path) {
    byte[] name = FileNames.encode(FileNames.text(path));
    return Arrays.copyOf(name, name.length + 1);
  }

  private static boolean sameFile(Path path, Object key) {
    try {
      return key.equals(Files.readAttributes(path, BasicFileAttributes.class).fileKey());
    } catch (IOException e) {
      return false;
    }
  }

  /** Start of the next data, from {@code offset} on, or {@link #NONE} or {@link #UNKNOWN}. */
  long seekData(long offset) throws IOException {
    try {
      return FileCalls.lseek(number, offset, FileCalls.SEEK_DATA);
    } catch (LastErrorException e) {
      if (e.getErrorCode() == FileCalls.ENXIO) {
        return NONE;
      }
      if (e.getErrorCode() == EINVAL) {
        return UNKNOWN;
      }
      throw SystemErrors.failed("looking for data", e.getErrorCode());
    }
  }

  /** Start of the next hole, at or after {@code offset}. */
  long seekHole(long offset) throws IOException {
    return seek(offset, FileCalls.SEEK_HOLE);
  }

  /** Queries the page cache for the first {@code length} bytes; null if that is not supported. */
  PageCache pageCache(long length) {
    return PageCache.of(number, length);
  }

  /** The size, of a block device too. */
  long size() throws IOException {
    return seek(0, FileCalls.SEEK_END);
  }

  private long seek(long offset, int whence) throws IOException {
    try {
      return FileCalls.lseek(number, offset, whence);
    } catch (LastErrorException e) {
      throw SystemErrors.failed("seeking", e.getErrorCode());
    }
  }

  /**
   * Applies advice about a file to every open descriptor of it. The advice must be given on the
   * descriptor that is read from, and Java does not expose its number.
   */
  static void adviseAll(Object key, int advice) throws IOException {
    try (DirectoryStream<Path> open = Files.newDirectoryStream(OPEN_FILES)) {
      for (Path entry : open) {
        if (sameFile(entry, key)) {
          int number = Integer.parseInt(entry.getFileName().toString());
          FileCalls.posix_fadvise(number, 0, 0, advice);
        }
      }
    }
  }

  /** Requests that the system prefetches a range. Returns false if it refuses. */
  boolean fetch(long offset, long length) {
    long end = offset + length;
    for (long at = offset; at < end; at += FETCH) {
      if (FileCalls.posix_fadvise(
              number, at, Math.min(FETCH, end - at), FileCalls.POSIX_FADV_WILLNEED)
          != 0) {
        return false;
      }
    }
    return true;
  }

  /** Removes a range from the page cache; a length of 0 means up to the end. */
  void evict(long offset, long length) {
    FileCalls.posix_fadvise(number, offset, length, FileCalls.POSIX_FADV_DONTNEED);
  }

  /** Writes a range of the page cache to the disk. This is not a flush. */
  void writeOut(long offset, long length, int flags) {
    try {
      FileCalls.sync_file_range(number, offset, length, flags);
    } catch (LastErrorException e) {
      // not supported by the file system; a flush reports errors
    }
  }

  /** Calls {@code fallocate}; returns 0 or the error number. */
  int fallocate(int mode, long offset, long length) {
    while (true) {
      try {
        FileCalls.fallocate(number, mode, offset, length);
        return 0;
      } catch (LastErrorException e) {
        if (e.getErrorCode() != EINTR) {
          return e.getErrorCode();
        }
      }
    }
  }

  void close() {
    try {
      FileCalls.close(number);
    } catch (LastErrorException e) {
      // nothing was written through it
    }
  }
}
