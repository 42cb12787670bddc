package org.nbdcore.filter.indexedgzip;

import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.Inflater;
import org.nbdcore.spi.NbdError;
import org.nbdcore.spi.NbdException;

/**
 * The file with an index: a header, then the compressed windows, then the table of points. Numbers
 * are big-endian. Safe for use by several threads once it is complete.
 */
final class IndexFile implements Closeable {

  private static final long MAGIC = 0x4e42444758493101L; // "NBDGXI1" and a byte that is no text
  private static final int HEADER = 64;
  private static final int CHECKSUM = 6 * Long.BYTES;
  private static final int POINT = 3 * Long.BYTES;
  private static final int MAX_PACKED = 2 * BlockInflater.WINDOW;

  private final Path path;
  private final FileChannel channel;
  private long size;
  private GzipPoints points;

  private IndexFile(Path path, FileChannel channel) {
    this.path = path;
    this.channel = channel;
  }

  /** Creates a file. It is not a valid index before {@link #complete}. */
  static IndexFile create(Path path) throws IOException {
    FileChannel channel =
        FileChannel.open(
            path, StandardOpenOption.READ, StandardOpenOption.WRITE, StandardOpenOption.CREATE);
    IndexFile file = new IndexFile(path, channel);
    channel.position(HEADER);
    return file;
  }

  /** Opens the index of a gzip file. */
  static IndexFile open(Path path, Fingerprint packed) throws IOException {
    IndexFile file = new IndexFile(path, FileChannel.open(path, StandardOpenOption.READ));
    try {
      file.load(packed);
      return file;
    } catch (IOException | RuntimeException e) {
      file.close();
      throw e;
    }
  }

  GzipPoints points() {
    return points;
  }

  /** The size of the decompressed contents. */
  long size() {
    return size;
  }

  /** Appends a window; returns its offset in the file. */
  long store(byte[] window) throws IOException {
    long offset = channel.position();
    Deflater deflater = new Deflater(Deflater.BEST_SPEED, true);
    try {
      ByteBuffer packed = ByteBuffer.allocate(Integer.BYTES + MAX_PACKED);
      deflater.setInput(window);
      deflater.finish();
      int length = deflater.deflate(packed.array(), Integer.BYTES, MAX_PACKED);
      packed.putInt(0, length).limit(Integer.BYTES + length);
      write(packed, offset);
      channel.position(offset + Integer.BYTES + length);
      return offset;
    } finally {
      deflater.end();
    }
  }

  /** Writes the table and, when it is safe on the disk, the header. */
  void complete(Fingerprint packed, GzipPoints found, long unpacked) throws IOException {
    long table = channel.position();
    ByteBuffer bytes = ByteBuffer.allocate(found.count() * POINT);
    for (int i = 0; i < found.count(); i++) {
      bytes.putLong(found.output(i)).putLong(found.input(i)).putLong(found.window(i));
    }
    write(bytes.flip(), table);
    channel.force(false);
    ByteBuffer header = ByteBuffer.allocate(HEADER);
    header.putLong(MAGIC).putLong(packed.size()).putLong(packed.sample()).putLong(unpacked);
    header.putLong(table).putLong(found.count()).putLong(crc(header, bytes.rewind()));
    write(header.clear(), 0);
    channel.force(false);
    points = found;
    size = unpacked;
  }

  /** The CRC of the table, and of the header up to its checksum. */
  private static long crc(ByteBuffer header, ByteBuffer table) {
    CRC32 crc = new CRC32();
    crc.update(header.duplicate().position(0).limit(CHECKSUM));
    crc.update(table);
    return crc.getValue();
  }

  private void load(Fingerprint packed) throws IOException {
    if (channel.size() < HEADER) {
      throw refused("is not an index of this filter");
    }
    ByteBuffer header = read(0, HEADER);
    if (header.getLong() != MAGIC) {
      throw refused("is not an index of this filter");
    }
    if (!new Fingerprint(header.getLong(), header.getLong()).equals(packed)) {
      throw refused("is the index of another gzip file");
    }
    size = header.getLong();
    long table = header.getLong();
    long count = header.getLong();
    if (size < 0 || count < 1 || count > GzipPoints.MAX_POINTS) {
      throw refused("is damaged");
    }
    if (table < HEADER || table != channel.size() - count * POINT) {
      throw refused("is damaged");
    }
    ByteBuffer bytes = read(table, (int) count * POINT);
    if (crc(header, bytes) != header.getLong()) {
      throw refused("is damaged");
    }
    points = points(bytes.rewind(), table, packed.size());
  }

  private GzipPoints points(ByteBuffer bytes, long table, long packed) throws IOException {
    GzipPoints read = new GzipPoints();
    long last = -1;
    while (bytes.hasRemaining()) {
      long output = bytes.getLong();
      long input = bytes.getLong();
      long window = bytes.getLong();
      boolean good = read.count() > 0 || output == 0;
      if (!good || output <= last || output > size || window < 0 || window >= table) {
        throw refused("is damaged");
      }
      if (input < 0 || input >= packed * Byte.SIZE) {
        throw refused("is damaged");
      }
      read.add(output, input, window);
      last = output;
    }
    return read;
  }

  /** The window of a point, which {@link #store} has stored. */
  byte[] window(long offset) throws IOException {
    int length = read(offset, Integer.BYTES).getInt();
    if (length < 0 || length > MAX_PACKED) {
      throw refused("is damaged");
    }
    Inflater inflater = new Inflater(true);
    try {
      inflater.setInput(read(offset + Integer.BYTES, length));
      byte[] window = new byte[BlockInflater.WINDOW];
      int unpacked = inflater.inflate(window);
      return Arrays.copyOf(window, unpacked);
    } catch (DataFormatException e) {
      throw refused("is damaged");
    } finally {
      inflater.end();
    }
  }

  private void write(ByteBuffer src, long offset) throws IOException {
    for (long at = offset; src.hasRemaining(); ) {
      at += channel.write(src, at);
    }
  }

  private ByteBuffer read(long offset, int length) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(length);
    for (long at = offset; bytes.hasRemaining(); ) {
      int count = channel.read(bytes, at);
      if (count < 0) {
        throw new EOFException("the index " + path + " ends before " + (offset + length));
      }
      at += count;
    }
    return bytes.flip();
  }

  private NbdException refused(String what) {
    return new NbdException(
        NbdError.EINVAL,
        "gzip-index-path: " + path + " " + what + "; remove it to create a new index");
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
