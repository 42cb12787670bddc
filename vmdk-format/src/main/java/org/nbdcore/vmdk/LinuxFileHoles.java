package org.nbdcore.vmdk;

import com.sun.jna.LastErrorException;
import com.sun.jna.Native;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.nio.file.Path;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.nbdcore.system.ErrorText;
import org.nbdcore.system.FileCalls;
import org.nbdcore.system.SystemCalls;

/**
 * Finds holes by SEEK_DATA and SEEK_HOLE, and makes them by fallocate. It needs JNA, which the user
 * of this class must supply. JNA is loaded and the file opened on the first call, so that the start
 * stays fast. If the calls do not work, the whole file counts as data. Thread-safe.
 */
public final class LinuxFileHoles implements FileHoles {
  private static final int NOT_YET_OPEN = -1;
  private static final int UNSUPPORTED = -2;
  private static final int EINTR = 4;

  private final Path file;
  private final boolean writable;
  // A call with the descriptor holds the read lock; opening and closing hold the write lock.
  // Otherwise another file
  // could get the number of a closed descriptor during the call.
  private final ReadWriteLock lock = new ReentrantReadWriteLock();
  private int fd = NOT_YET_OPEN; // guarded by lock
  private boolean closed; // guarded by lock
  private boolean canPunch; // guarded by lock

  /**
   * Does not open the file yet.
   *
   * @param file opened a second time, by this class
   * @param writable whether holes may be made
   */
  public LinuxFileHoles(Path file, boolean writable) {
    this.file = file;
    this.writable = writable;
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

  @Override
  public boolean canPunch() throws IOException {
    openOnce();
    Lock reading = lock.readLock();
    reading.lock();
    try {
      return usable() && canPunch;
    } finally {
      reading.unlock();
    }
  }

  @Override
  public void punch(long offset, long length) throws IOException {
    openOnce();
    Lock reading = lock.readLock();
    reading.lock();
    try {
      if (!usable()) {
        throw new IOException(file + ": cannot be opened for making holes");
      }
      punch(fd, offset, length);
    } catch (LastErrorException e) {
      throw new IOException(
          file
              + ": making a hole of "
              + length
              + " bytes at byte "
              + offset
              + " failed: "
              + ErrorText.of(e),
          e);
    } finally {
      reading.unlock();
    }
  }

  private static void punch(int fd, long offset, long length) {
    while (true) {
      try {
        FileCalls.fallocate(fd, FileCalls.PUNCH_HOLE, offset, length);
        return;
      } catch (LastErrorException e) {
        if (e.getErrorCode() != EINTR) {
          throw e;
        }
      }
    }
  }

  /** Tests the call after the end of the file, where it changes nothing. */
  private static boolean punches(int fd) {
    try {
      punch(fd, FileCalls.lseek(fd, 0, FileCalls.SEEK_END), 1);
      return true;
    } catch (LastErrorException e) {
      return false; // the file system does not support holes, or this is a block device
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
        fd = open(file, writable);
        canPunch = writable && fd >= 0 && punches(fd);
      }
    } finally {
      lock.writeLock().unlock();
    }
  }

  /** Returns a descriptor of a file, or a negative number if it cannot be opened. */
  static int open(Path file, boolean writable) {
    try {
      if (!SystemCalls.expected()) {
        return UNSUPPORTED;
      }
      int access = writable ? FileCalls.O_RDWR : FileCalls.O_RDONLY;
      byte[] path = Native.toByteArray(file.toString(), System.getProperty("sun.jnu.encoding"));
      return FileCalls.open(path, access | FileCalls.O_CLOEXEC);
    } catch (LastErrorException | LinkageError e) {
      return UNSUPPORTED; // reports data instead of holes, which is always correct
    }
  }

  static void close(int fd) {
    try {
      FileCalls.close(fd);
    } catch (LastErrorException e) {
      return; // nothing was written through it
    }
  }

  @Override
  public void close() {
    lock.writeLock().lock();
    try {
      if (!closed && fd >= 0) {
        close(fd);
      }
    } finally {
      closed = true;
      lock.writeLock().unlock();
    }
  }
}
