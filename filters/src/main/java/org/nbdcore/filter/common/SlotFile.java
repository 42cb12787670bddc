package org.nbdcore.filter.common;

import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.util.Arrays;
import java.util.Objects;
import org.nbdcore.spi.BufferList;
import org.nbdcore.spi.helpers.BlockDevices;

/**
 * Temporary space in slots of one size, whose neighbours lie next to each other. It is a {@link
 * TemporaryFile}, made when there is something to write, and more of them where one file could not
 * be that large. Safe for several threads.
 */
public final class SlotFile implements Closeable {

  /** Any file system of today has files of this size. */
  private static final long LARGEST = 1L << 40;

  private final String prefix;
  private final long slotSize;
  private final long largest;

  /** Replaced, never changed, under this monitor; null once closed. */
  private volatile TemporaryFile[] files = new TemporaryFile[0];

  private long slots; // guarded by this
  private long[] free = new long[16]; // guarded by this, as is its number of entries
  private int freeCount;

  /** Takes no space yet; the names of the files begin with {@code prefix} as long as they exist. */
  public SlotFile(String prefix, long slotSize) {
    this(prefix, slotSize, LARGEST);
  }

  /** The same with files of at most {@code largest} bytes, a multiple of a mapped window. */
  SlotFile(String prefix, long slotSize, long largest) {
    this.prefix = prefix;
    this.slotSize = slotSize;
    this.largest = largest;
  }

  /** A free slot, with any contents. */
  public synchronized long allocate() {
    return freeCount > 0 ? free[--freeCount] : slots++;
  }

  /** Lets a slot be used for something else. */
  public synchronized void free(long slot) {
    if (freeCount == free.length) {
      free = Arrays.copyOf(free, freeCount * 2);
    }
    free[freeCount++] = slot;
  }

  /** How many slots are in use. */
  public synchronized long used() {
    return slots - freeCount;
  }

  /** Fills {@code dst} from {@code offset} within a slot that was written. */
  public void read(long slot, long offset, ByteBuffer dst) throws IOException {
    long position = slot * slotSize + offset;
    int last = dst.limit();
    while (dst.position() < last) {
      long inFile = position % largest;
      int length = (int) Math.min(last - dst.position(), largest - inFile);
      TemporaryFile file = file(position / largest);
      if (file == null) {
        throw new EOFException("there is no temporary file for " + position);
      }
      file.read(inFile, dst.limit(dst.position() + length));
      dst.limit(last);
      position += length;
    }
  }

  /** Writes all of {@code src} at {@code offset} within a slot, or on from there to later ones. */
  public void write(long slot, long offset, ByteBuffer src) throws IOException {
    long position = slot * slotSize + offset;
    int last = src.limit();
    while (src.position() < last) {
      long inFile = position % largest;
      int length = (int) Math.min(last - src.position(), largest - inFile);
      TemporaryFile file = file(position / largest);
      if (file == null) {
        file = make(position / largest);
      }
      file.write(inFile, src.limit(src.position() + length));
      src.limit(last);
      position += length;
    }
  }

  /**
   * Adds data at {@code offset} of a written slot, possibly extending into the next slot, to a
   * zero-copy read, if it is in the page cache.
   *
   * @return false if nothing was added
   */
  public boolean readZeroCopy(long slot, long offset, long length, BufferList buffers)
      throws IOException {
    long position = slot * slotSize + offset;
    TemporaryFile file = file(position / largest);
    return file != null && file.readZeroCopy(position % largest, length, buffers);
  }

  private TemporaryFile file(long index) throws IOException {
    TemporaryFile[] all = files;
    if (all == null) {
      throw new ClosedChannelException();
    }
    return index < all.length ? all[(int) index] : null;
  }

  private synchronized TemporaryFile make(long index) throws IOException {
    TemporaryFile file = file(index);
    if (file == null) {
      file = TemporaryFile.create(prefix);
      TemporaryFile[] more = Arrays.copyOf(files, Math.max(files.length, (int) index + 1));
      more[(int) index] = file;
      files = more;
    }
    return file;
  }

  /** Gives the space back at once. */
  @Override
  public void close() throws IOException {
    TemporaryFile[] all;
    synchronized (this) {
      all = files;
      files = null;
    }
    if (all != null) {
      BlockDevices.closeAll(Arrays.stream(all).filter(Objects::nonNull).toList());
    }
  }
}
