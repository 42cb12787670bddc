package org.nbdcore.filter.common;

import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * A temporary file of slots of one size. It lies in the folder that TMPDIR names, or /var/tmp, and
 * has no name there, so that nothing is left behind however the program ends. Safe for several
 * threads.
 */
public final class SlotFile implements Closeable {

  private final int slotSize;
  private final FileChannel channel;
  private long slots; // guarded by this
  private long[] free = new long[16]; // guarded by this, as is its number of entries
  private int freeCount;

  /** Creates the file. */
  public SlotFile(String prefix, int slotSize) throws IOException {
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
      free = java.util.Arrays.copyOf(free, freeCount * 2);
    }
    free[freeCount++] = slot;
  }

  /** How many slots are in use. */
  public synchronized long used() {
    return slots - freeCount;
  }

  /** Fills {@code dst} from {@code offset} within a slot that was written. */
  public void read(long slot, int offset, ByteBuffer dst) throws IOException {
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
  public void write(long slot, int offset, ByteBuffer src) throws IOException {
    long position = slot * slotSize + offset;
    while (src.hasRemaining()) {
      position += channel.write(src, position);
    }
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
