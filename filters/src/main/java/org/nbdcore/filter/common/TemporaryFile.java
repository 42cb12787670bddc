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
import org.nbdcore.spi.BufferList;

/**
 * A file without a name, so that nothing remains even if the process is killed. It is in the folder
 * TMPDIR, or /var/tmp. Safe for use by several threads.
 */
final class TemporaryFile implements Closeable {

  /** Size of a window. A zero-copy read must be inside one; a file may end with a partial one. */
  static final long WINDOW = 1 << 28;

  private static final int MAX_WINDOWS = 1 << 14;
  private static final long STEP = WINDOW / 16;

  private final FileChannel channel;

  // Guarded by this. A window may be mapped in part, and again when the file has become longer.
  private MappedByteBuffer[] windows = new MappedByteBuffer[4];

  private TemporaryFile(FileChannel channel) {
    this.channel = channel;
  }

  static TemporaryFile create(String prefix) throws IOException {
    Path path = Files.createTempFile(folder(), prefix, ".tmp");
    return new TemporaryFile(
        FileChannel.open(
            path,
            StandardOpenOption.READ,
            StandardOpenOption.WRITE,
            StandardOpenOption.DELETE_ON_CLOSE)); // deletes at once if possible
  }

  private static Path folder() throws IOException {
    String named = System.getenv("TMPDIR");
    Path folder = Path.of(named == null || named.isEmpty() ? "/var/tmp" : named);
    return Files.isDirectory(folder) ? folder : Path.of(System.getProperty("java.io.tmpdir"));
  }

  /** Fills {@code dst} from written data. */
  void read(long position, ByteBuffer dst) throws IOException {
    long at = position;
    while (dst.hasRemaining()) {
      int count = channel.read(dst, at);
      if (count < 0) {
        throw new EOFException("the temporary file ends before " + at);
      }
      at += count;
    }
  }

  /** Writes all of {@code src}. */
  void write(long position, ByteBuffer src) throws IOException {
    long at = position;
    while (src.hasRemaining()) {
      at += channel.write(src, at);
    }
  }

  /**
   * Adds written data to a zero-copy read. Only data in the page cache is added, because a later
   * read error could not be reported.
   *
   * @return false if nothing was added
   */
  boolean readZeroCopy(long position, long length, BufferList buffers) throws IOException {
    if (!buffers.acceptsFiles() || !inMemory(position, length)) {
      return false;
    }
    buffers.addFile(channel, position, length);
    return true;
  }

  private boolean inMemory(long position, long length) {
    long from = position & WINDOW - 1;
    if (from + length > WINDOW) {
      return false;
    }
    MappedByteBuffer window = window(position / WINDOW, from + length);
    return window != null && window.slice((int) from, (int) length).isLoaded();
  }

  /** Returns a mapping that is never read, only to query the page cache. */
  private synchronized MappedByteBuffer window(long index, long length) {
    if (index >= MAX_WINDOWS) {
      return null;
    }
    int at = (int) index;
    if (at >= windows.length) {
      windows = Arrays.copyOf(windows, Math.max(at + 1, windows.length * 2));
    }
    int mapped = windows[at] == null ? 0 : windows[at].capacity();
    if (mapped < length) {
      try {
        remap(at, length, mapped + Math.min(mapped, STEP));
      } catch (IOException e) {
        return null; // without a mapping, the data is read
      }
    }
    MappedByteBuffer window = windows[at];
    return window == null || window.capacity() < length ? null : window;
  }

  /**
   * Maps only the part of a window that is within the file. To map more, Java would read the size
   * of the file and then set it, which would cut off data written in between. The file never
   * becomes shorter, so the mapped part always exists. This method is called rarely, because only a
   * garbage collection frees the previous mapping.
   */
  private void remap(int at, long length, long worthwhile) throws IOException {
    long there = Math.min(WINDOW, channel.size() - at * WINDOW);
    if (there >= length && (there >= worthwhile || there == WINDOW)) {
      windows[at] = channel.map(FileChannel.MapMode.READ_ONLY, at * WINDOW, there);
    }
  }

  /** Frees the space at once, even if the mappings still exist. */
  @Override
  public void close() throws IOException {
    try {
      channel.truncate(0);
    } finally {
      channel.close();
    }
  }
}
