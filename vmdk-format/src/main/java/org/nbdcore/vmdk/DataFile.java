package org.nbdcore.vmdk;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Objects;

/**
 * One file of a disk, read at positions from many threads. An interrupted reader closes a {@link
 * FileChannel} under everybody's hands; here only the interrupted reader fails, the others go on
 * with a channel opened anew.
 */
final class DataFile implements Closeable {
  private static final int S_IFMT = 0170000;
  private static final int S_IFBLK = 0060000;

  private final Path path;
  private final long size;
  private final Object fileKey;
  private volatile FileChannel channel; // replaced under this object's lock
  private boolean closed; // guarded by this object's lock

  private DataFile(Path path, FileChannel channel, long size, Object fileKey) {
    this.path = path;
    this.channel = channel;
    this.size = size;
    this.fileKey = fileKey;
  }

  static DataFile open(Path path) throws IOException {
    Object fileKey = checkedKey(path);
    FileChannel channel = FileChannel.open(path, StandardOpenOption.READ);
    try {
      return new DataFile(path, channel, channel.size(), fileKey);
    } catch (IOException e) {
      channel.close();
      throw e;
    }
  }

  /** Refuses what would block or never end when read: a descriptor may name a pipe or /dev/zero. */
  private static Object checkedKey(Path path) throws IOException {
    BasicFileAttributes attributes = Files.readAttributes(path, BasicFileAttributes.class);
    if (!attributes.isRegularFile() && !isBlockDevice(path)) {
      String found = attributes.isDirectory() ? "a directory" : "neither file nor disk";
      throw VmdkException.bad(path, "the path", found, "a regular file or a block device");
    }
    return attributes.fileKey();
  }

  private static boolean isBlockDevice(Path path) throws IOException {
    try {
      int mode = (Integer) Files.getAttribute(path, "unix:mode", new LinkOption[0]);
      return (mode & S_IFMT) == S_IFBLK;
    } catch (UnsupportedOperationException | IllegalArgumentException e) {
      return false; // a platform without Unix modes
    }
  }

  Path path() {
    return path;
  }

  /** Bytes, as they were when the file was opened. */
  long size() {
    return size;
  }

  /**
   * Reads {@code n} bytes from {@code position} to the buffer's position. The buffer's limit is as
   * before afterwards.
   */
  void read(ByteBuffer dst, int n, long position) throws IOException {
    int limit = dst.limit();
    dst.limit(dst.position() + n);
    try {
      readToLimit(dst, position);
    } finally {
      dst.limit(limit);
    }
  }

  private void readToLimit(ByteBuffer dst, long start) throws IOException {
    long position = start;
    while (dst.hasRemaining()) {
      FileChannel current = channel;
      int read;
      try {
        read = current.read(dst, position);
      } catch (ClosedByInterruptException e) {
        throw e; // it was this thread that was interrupted
      } catch (ClosedChannelException e) {
        reopen(current);
        continue;
      }
      if (read < 0) {
        throw new VmdkException(
            path
                + ": ends at byte "
                + position
                + "; expected "
                + size
                + " bytes (was it truncated while in use?)");
      }
      position += read;
    }
  }

  private synchronized void reopen(FileChannel dead) throws IOException {
    if (closed) {
      throw new ClosedChannelException();
    }
    if (channel != dead) {
      return; // another thread was quicker
    }
    Object key = checkedKey(path);
    FileChannel fresh = FileChannel.open(path, StandardOpenOption.READ);
    if (fresh.size() != size || !Objects.equals(key, fileKey)) {
      fresh.close();
      throw new VmdkException(path + ": was replaced by another file while in use");
    }
    channel = fresh;
  }

  /** Reads in flight in other threads fail with {@link ClosedChannelException}. */
  @Override
  public synchronized void close() throws IOException {
    closed = true;
    channel.close();
  }
}
