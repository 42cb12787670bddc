package org.nbdcore.vmdk;

import com.sun.jna.LastErrorException;
import com.sun.jna.Native;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.nio.file.Path;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.nbdcore.system.FileCalls;
import org.nbdcore.system.SystemCalls;

/**
 * Holes by SEEK_DATA and SEEK_HOLE. JNA, which only this class needs and whoever uses it brings
 * along, and the file are touched when somebody first asks, so that they do not slow the start.
 * Where the calls do not work, all is data. Any threads may ask.
 */
public final class LinuxFileHoles implements FileHoles {
  private static final int NOT_YET_OPEN = -1;
  private static final int CANNOT_TELL = -2;

  private final Path file;
  // Seeking holds the read lock, opening and closing the write lock: the number of a closed
  // descriptor may be another file's the next moment.
  private final ReadWriteLock lock = new ReentrantReadWriteLock();
  private int fd = NOT_YET_OPEN; // guarded by lock
  private boolean closed; // guarded by lock

  /** Of that file, which is opened a second time. */
  public LinuxFileHoles(Path file) {
    this.file = file;
  }

  @Override
  public long nextData(long offset) throws IOException {
    openOnce();
    Lock reading = lock.readLock();
    reading.lock();
    try {
      return usable() ? FileCalls.lseek(fd, offset, FileCalls.SEEK_DATA) : offset;
    } catch (LastErrorException e) {
      return e.getErrorCode() == FileCalls.ENXIO ? NO_MORE_DATA : offset;
    } finally {
      reading.unlock();
    }
  }

  @Override
  public long nextHole(long offset) throws IOException {
    openOnce();
    Lock reading = lock.readLock();
    reading.lock();
    try {
      return usable() ? FileCalls.lseek(fd, offset, FileCalls.SEEK_HOLE) : Long.MAX_VALUE;
    } catch (LastErrorException e) {
      return Long.MAX_VALUE;
    } finally {
      reading.unlock();
    }
  }

  private boolean usable() throws ClosedChannelException {
    if (closed) {
      throw new ClosedChannelException();
    }
    return fd >= 0;
  }

  private void openOnce() {
    lock.readLock().lock();
    try {
      if (closed || fd != NOT_YET_OPEN) {
        return;
      }
    } finally {
      lock.readLock().unlock();
    }
    lock.writeLock().lock();
    try {
      if (!closed && fd == NOT_YET_OPEN) {
        fd = open(file);
      }
    } finally {
      lock.writeLock().unlock();
    }
  }

  private static int open(Path file) {
    try {
      if (!SystemCalls.expected()) {
        return CANNOT_TELL;
      }
      byte[] path = Native.toByteArray(file.toString(), System.getProperty("sun.jnu.encoding"));
      return FileCalls.open(path, FileCalls.O_RDONLY | FileCalls.O_CLOEXEC);
    } catch (LastErrorException | LinkageError e) {
      return CANNOT_TELL; // the extents then say less than they might, and nothing breaks
    }
  }

  @Override
  public void close() {
    lock.writeLock().lock();
    try {
      if (!closed && fd >= 0) {
        FileCalls.close(fd);
      }
    } catch (LastErrorException e) {
      return; // read-only: nothing can be lost
    } finally {
      closed = true;
      lock.writeLock().unlock();
    }
  }
}
