package org.nbdcore.vmdk;

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
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;

/**
 * An open file of this machine. Interrupting a thread that reads a {@link FileChannel} closes the
 * channel for all threads. With this class, only the interrupted thread's read fails. The other
 * threads continue with a reopened channel.
 */
final class DataFile implements OpenFile {
  private static final int S_IFMT = 0170000;
  private static final int S_IFBLK = 0060000;
  private static final Set<StandardOpenOption> READ = Set.of(StandardOpenOption.READ);
  private static final Set<StandardOpenOption> READ_WRITE =
      Set.of(StandardOpenOption.READ, StandardOpenOption.WRITE);
  private static final Set<StandardOpenOption> CREATE =
      Set.of(StandardOpenOption.READ, StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW);

  private final HostLocation location;
  private final boolean writable;
  private final AtomicLong size;
  private final Object fileKey;
  private volatile FileChannel channel; // replaced while holding this object's lock
  private boolean closed; // guarded by this object's lock
  private FilePages pages; // null if not known; set before pagesQueried
  private volatile boolean pagesQueried; // set while holding this object's lock

  private DataFile(HostLocation location, boolean writable, FileChannel channel, Object fileKey)
      throws IOException {
    this.location = location;
    this.writable = writable;
    this.channel = channel;
    this.size = new AtomicLong(channel.size());
    this.fileKey = fileKey;
  }

  static DataFile open(HostLocation location, boolean writable) throws IOException {
    checkedKey(
        location); // checked before opening, which would block on a pipe until a writer appears
    return open(location, writable, writable ? READ_WRITE : READ);
  }

  static DataFile create(HostLocation location) throws IOException {
    return open(location, true, CREATE);
  }

  private static DataFile open(
      HostLocation location, boolean writable, Set<StandardOpenOption> options) throws IOException {
    FileChannel channel = location.channel(options);
    try {
      return new DataFile(location, writable, channel, checkedKey(location));
    } catch (IOException e) {
      channel.close();
      throw e;
    }
  }

  /**
   * Rejects files whose reads could block or never end: a descriptor may name a pipe or /dev/zero.
   */
  private static Object checkedKey(HostLocation location) throws IOException {
    BasicFileAttributes attributes = location.attributes();
    Path path = location.path();
    boolean regular = attributes.isRegularFile();
    if (!regular && (location.within() != null || !isBlockDevice(path))) {
      String found = attributes.isDirectory() ? "a directory" : "neither file nor disk";
      throw VmdkException.bad(path, "the path", found, "a regular file or a block device");
    }
    location.checkAllowed(!regular);
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

  @Override
  public FileLocation location() {
    return location;
  }

  @Override
  public long size() {
    return size.get();
  }

  @Override
  public void read(ByteBuffer dst, int n, long position) throws IOException {
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
        throw e; // this thread was interrupted
      } catch (ClosedChannelException e) {
        reopen(current);
        continue;
      }
      if (read < 0) {
        throw new VmdkException(
            location
                + ": ends at byte "
                + position
                + "; expected "
                + size
                + " bytes (was it truncated while in use?)");
      }
      position += read;
    }
  }

  @Override
  public void write(ByteBuffer src, int n, long position) throws IOException {
    int limit = src.limit();
    src.limit(src.position() + n);
    try {
      writeToLimit(src, position);
    } finally {
      src.limit(limit);
    }
    growTo(position + n);
  }

  private void writeToLimit(ByteBuffer src, long start) throws IOException {
    long position = start;
    while (src.hasRemaining()) {
      FileChannel current = channel;
      try {
        position += current.write(src, position);
      } catch (ClosedByInterruptException e) {
        throw e;
      } catch (ClosedChannelException e) {
        reopen(current);
      }
    }
  }

  private void growTo(long end) {
    long now = size.get();
    while (now < end && !size.compareAndSet(now, end)) {
      now = size.get();
    }
  }

  @Override
  public void truncate(long newSize) throws IOException {
    if (newSize > size()) {
      write(ByteBuffer.allocate(1), 1, newSize - 1);
      return;
    }
    retrying(file -> file.truncate(newSize));
    size.set(newSize);
  }

  @Override
  public void force(boolean metadata) throws IOException {
    retrying(file -> file.force(metadata));
  }

  @FunctionalInterface
  private interface ChannelCall {
    void call(FileChannel channel) throws IOException;
  }

  private void retrying(ChannelCall call) throws IOException {
    while (true) {
      FileChannel current = channel;
      try {
        call.call(current);
        return;
      } catch (ClosedByInterruptException e) {
        throw e;
      } catch (ClosedChannelException e) {
        reopen(current);
      }
    }
  }

  @Override
  public FileChannel cached(long position, long length) {
    FileChannel current = channel;
    FilePages known = pagesQueried ? pages : queryPages();
    try {
      boolean there =
          known != null
              && known.has(position, length)
              && current.isOpen()
              && current.size() >= position + length;
      return there ? current : null;
    } catch (IOException e) {
      return null; // reads report the error
    }
  }

  private synchronized FilePages queryPages() {
    if (!pagesQueried && !closed) {
      try {
        pages = FilePages.of(location.realPath(), fileKey, size());
      } catch (IOException e) {
        pages = null; // the path now refers to another file
      }
      pagesQueried = true;
    }
    return pages;
  }

  private synchronized void reopen(FileChannel dead) throws IOException {
    if (closed) {
      throw new ClosedChannelException();
    }
    if (channel != dead) {
      return; // another thread has already reopened it
    }
    Object key = checkedKey(location);
    FileChannel fresh = location.channel(writable ? READ_WRITE : READ);
    if ((!writable && fresh.size() != size()) || !Objects.equals(key, fileKey)) {
      fresh.close();
      throw new VmdkException(location + ": was replaced by another file while in use");
    }
    channel = fresh;
  }

  /** Reads in flight in other threads fail with {@link ClosedChannelException}. */
  @Override
  public synchronized void close() throws IOException {
    closed = true;
    if (pages != null) {
      pages.close();
    }
    channel.close();
  }
}
