package org.nbdcore.system;

import com.sun.jna.LastErrorException;
import java.io.Closeable;

/**
 * Reports which ranges of a file are in the system's page cache. Data in the page cache can be sent
 * without a risk of read errors. The system reports this only for files that this process may
 * write. Safe for use by several threads.
 */
public final class PageCache implements Closeable {

  private static final int PAGES = 1 << 10; // queried in one call

  private final long address;
  private final long length;
  private final int pageSize;
  private final byte[] pages = new byte[PAGES]; // guarded by this
  private boolean closed;

  private PageCache(long address, long length, int pageSize) {
    this.address = address;
    this.length = length;
    this.pageSize = pageSize;
  }

  /**
   * Prepares to query the first {@code length} bytes of a file.
   *
   * @param descriptor used only during this call
   * @return null if the system does not report this
   */
  public static PageCache of(int descriptor, long length) {
    try {
      int protection = FileCalls.PROT_NONE;
      long address = FileCalls.mmap(0, length, protection, FileCalls.MAP_SHARED, descriptor, 0);
      return new PageCache(address, length, FileCalls.getpagesize());
    } catch (LastErrorException | LinkageError e) {
      return null;
    }
  }

  /** True if the whole range is in memory. */
  public synchronized boolean has(long offset, long size) {
    if (closed) {
      return false;
    }
    long end = offset + size;
    try {
      for (long at = offset / pageSize * pageSize; at < end; at += (long) PAGES * pageSize) {
        long now = Math.min(end - at, (long) PAGES * pageSize);
        FileCalls.mincore(address + at, now, pages);
        int count = (int) ((now + pageSize - 1) / pageSize);
        for (int i = 0; i < count; i++) {
          if ((pages[i] & 1) == 0) {
            return false;
          }
        }
      }
      return true;
    } catch (LastErrorException e) {
      return false;
    }
  }

  @Override
  public synchronized void close() {
    if (!closed) {
      closed = true;
      try {
        FileCalls.munmap(address, length);
      } catch (LastErrorException e) {
        // only address space is lost
      }
    }
  }
}
