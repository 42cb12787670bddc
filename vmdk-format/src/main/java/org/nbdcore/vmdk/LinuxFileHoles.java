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
 * Finds holes by SEEK_DATA and SEEK_HOLE. It needs JNA, which the user of this class must supply.
 * JNA is loaded and the file opened on the first call, so that the start stays fast. If the calls
 * do not work, the whole file counts as data. Thread-safe.
 */
public final class LinuxFileHoles implements FileHoles {
  private static final int NOT_YET_OPEN = -1;
  private static final int CANNOT_TELL = -2;

  private final Path file;
  // A seek holds the read lock; opening and closing hold the write lock. Otherwise another file
  // could get the number of a closed descriptor during a seek.
  private final ReadWriteLock lock = new ReentrantReadWriteLock();
  private int fd = NOT_YET_OPEN; // guarded by lock
  private boolean closed; // guarded by lock

  /** Descriptor of the file, which this class opens a second time. */
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
      return CANNOT_TELL; // reports data instead of holes, which is always correct
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
      return; // read-only: a failed close loses nothing
    } finally {
      closed = true;
      lock.writeLock().unlock();
    }
  }
}
