package org.nbdcore.server.memory;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.Arrays;
import java.util.Objects;
import org.nbdcore.spi.BufferList;
import org.nbdcore.spi.NbdError;
import org.nbdcore.spi.NbdException;

/** The buffers of one zero-copy read. Used by one thread. */
public final class ReplyBuffers implements BufferList {

  private static final ByteBuffer ZEROES = ByteBuffer.allocateDirect(1 << 16).asReadOnlyBuffer();

  private final boolean acceptsFiles;
  private ByteBuffer[] pieces = new ByteBuffer[8];
  private boolean[] zeroes = new boolean[8]; // pieces that the device added as zeroes
  private int count;
  private long expected; // number of requested bytes
  private long length;
  private long zeroLength;
  private FileChannel file; // if not null, it holds all bytes of the read
  private long position;

  /**
   * Creates an empty list.
   *
   * @param acceptsFiles whether the server can send a range of a file
   */
  public ReplyBuffers(boolean acceptsFiles) {
    this.acceptsFiles = acceptsFiles;
  }

  /** Clears the list and accepts this many bytes. */
  public void begin(long bytes) {
    clear();
    expected = bytes;
  }

  @Override
  public void add(ByteBuffer bytes) {
    if (bytes.remaining() > expected - length) {
      throw tooMuch(bytes.remaining());
    }
    append(bytes);
  }

  private IllegalArgumentException tooMuch(long more) {
    return new IllegalArgumentException(
        "the zero-copy read adds "
            + more
            + " bytes after "
            + length
            + ", but "
            + expected
            + " are requested");
  }

  private void append(ByteBuffer bytes) {
    if (count == pieces.length) {
      pieces = Arrays.copyOf(pieces, count * 2);
      zeroes = Arrays.copyOf(zeroes, count * 2);
    }
    zeroes[count] = false;
    pieces[count++] = bytes;
    length += bytes.remaining();
  }

  @Override
  public void addZeroes(long size) {
    if (size < 0 || size > expected - length) {
      throw tooMuch(size);
    }
    for (long left = size; left > 0; ) {
      int now = (int) Math.min(left, ZEROES.capacity());
      append(ZEROES.duplicate().limit(now));
      zeroes[count - 1] = true;
      zeroLength += now;
      left -= now;
    }
  }

  /** True if the device added any piece as zeroes. */
  public boolean hasZeroes() {
    return zeroLength > 0;
  }

  /**
   * True if the device added a piece as zeroes.
   *
   * @param index of the piece, counted from 0
   */
  public boolean isZeroes(int index) {
    return zeroes[index];
  }

  /**
   * The length of a piece in bytes.
   *
   * @param index of the piece, counted from 0
   */
  public int length(int index) {
    return pieces[index].remaining();
  }

  @Override
  public boolean acceptsFiles() {
    return acceptsFiles;
  }

  @Override
  public void addFile(FileChannel range, long from, long size) {
    if (!acceptsFiles || length > 0) {
      throw new IllegalStateException("this zero-copy read must not use a file");
    }
    if (from < 0 || size != expected) {
      throw tooMuch(size);
    }
    file = Objects.requireNonNull(range, "the zero-copy read has no file");
    position = from;
    length = size;
  }

  /**
   * Moves the range of a file to another list.
   *
   * @param other may be null
   * @return false, without effect, if {@code other} is null or does not accept files
   */
  public boolean moveFileTo(ReplyBuffers other) {
    if (other == null || !other.acceptsFiles) {
      return false;
    }
    other.begin(length);
    other.addFile(file, position, length);
    clear();
    return true;
  }

  /** The file that holds the bytes, or null if they are in memory. */
  public FileChannel file() {
    return file;
  }

  /** Offset of the bytes in {@link #file}. */
  public long position() {
    return position;
  }

  /** The number of pieces. */
  public int count() {
    return count;
  }

  /** The total number of bytes. */
  public long length() {
    return length;
  }

  /** Puts the pieces into {@code target} from {@code at}. */
  public void copyTo(ByteBuffer[] target, int at) {
    System.arraycopy(pieces, 0, target, at, count);
  }

  /**
   * Puts the pieces from {@code first} to before {@code end} into {@code target} from {@code at}.
   */
  public void copyTo(ByteBuffer[] target, int at, int first, int end) {
    System.arraycopy(pieces, first, target, at, end - first);
  }

  /** Copies the bytes to the beginning of {@code slab}. */
  public void copyTo(Slab slab) throws IOException {
    if (file != null) {
      readInto(slab.view(0, (int) length));
      return;
    }
    int at = 0;
    for (int i = 0; i < count; i++) {
      ByteBuffer piece = pieces[i];
      slab.bytes.put(at, piece, piece.position(), piece.remaining());
      at += piece.remaining();
    }
  }

  private void readInto(ByteBuffer target) throws IOException {
    long at = position;
    while (target.hasRemaining()) {
      int read = file.read(target, at);
      if (read < 0) {
        throw new NbdException(NbdError.EIO, "the file has become shorter, it ends before " + at);
      }
      at += read;
    }
  }

  /** Clears all references, so that the garbage collector can reclaim the device's buffers. */
  public void clear() {
    Arrays.fill(pieces, 0, count, null);
    count = 0;
    length = 0;
    zeroLength = 0;
    file = null;
  }
}
