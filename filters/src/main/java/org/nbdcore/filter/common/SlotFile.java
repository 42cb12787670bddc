package org.nbdcore.filter.common;

import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import org.nbdcore.spi.Loan;

/**
 * A temporary file of slots of one size. It lies in the folder that TMPDIR names, or /var/tmp, and
 * has no name there, so that nothing is left behind however the program ends. Safe for several
 * threads.
 */
public final class SlotFile implements Closeable {

  private static final long WINDOW = 1 << 28;
  private static final int MOST_WINDOWS = 1 << 14;

  private final long slotSize;
  private final FileChannel channel;
  private long slots; // guarded by this
  private long[] free = new long[16]; // guarded by this, as is its number of entries
  private int freeCount;
  private MappedByteBuffer[] windows = new MappedByteBuffer[4]; // guarded by this

  /** Creates the file. */
  public SlotFile(String prefix, long slotSize) throws IOException {
    this.slotSize = slotSize;
    Path path = Files.createTempFile(folder(), prefix, ".tmp");
    this.channel =
        FileChannel.open(
            path,
            StandardOpenOption.READ,
            StandardOpenOption.WRITE,
            StandardOpenOption.DELETE_ON_CLOSE); // which deletes at once where that is possible
  }

  private static Path folder() throws IOException {
    String named = System.getenv("TMPDIR");
    Path folder = Path.of(named == null || named.isEmpty() ? "/var/tmp" : named);
    return Files.isDirectory(folder) ? folder : Path.of(System.getProperty("java.io.tmpdir"));
  }

  /** A slot that nobody uses, with any contents. */
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
    while (dst.hasRemaining()) {
      int count = channel.read(dst, position);
      if (count < 0) {
        throw new EOFException("the temporary file ends before " + position);
      }
      position += count;
    }
  }

  /** Writes all of {@code src} at {@code offset} within a slot. */
  public void write(long slot, long offset, ByteBuffer src) throws IOException {
    long position = slot * slotSize + offset;
    while (src.hasRemaining()) {
      position += channel.write(src, position);
    }
  }

  /**
   * Lends what lies at {@code offset} within a slot that was written, or beyond it in the next one.
   * Only what the system has in memory is lent: an error in reading it could not be told any more.
   *
   * @return false if nothing was lent
   */
  public boolean lend(long slot, long offset, long length, Loan loan) throws IOException {
    long position = slot * slotSize + offset;
    if (!loan.takesFiles() || !inMemory(position, length)) {
      return false;
    }
    loan.file(channel, position, length);
    return true;
  }

  private boolean inMemory(long position, long length) throws IOException {
    long from = position & WINDOW - 1;
    if (from + length > WINDOW) {
      return false;
    }
    MappedByteBuffer window = window(position / WINDOW);
    return window != null && window.slice((int) from, (int) length).isLoaded();
  }

  /** A mapping that nobody reads through: only with one can the system be asked. */
  private synchronized MappedByteBuffer window(long index) throws IOException {
    if (index >= MOST_WINDOWS) {
      return null;
    }
    int at = (int) index;
    if (at >= windows.length) {
      windows = Arrays.copyOf(windows, Math.max(at + 1, windows.length * 2));
    }
    if (windows[at] == null) {
      windows[at] = channel.map(FileChannel.MapMode.READ_ONLY, index * WINDOW, WINDOW);
    }
    return windows[at];
  }

  /** Gives the space back at once, however long the garbage collector keeps the mappings. */
  @Override
  public void close() throws IOException {
    try {
      channel.truncate(0);
    } finally {
      channel.close();
    }
  }
}
