package org.nbdcore.filter.indexedgzip;

import java.io.EOFException;
import java.io.IOException;
import java.util.zip.ZipException;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.NbdError;
import org.nbdcore.spi.NbdException;
import org.nbdcore.spi.Session;
import org.nbdcore.spi.helpers.BlockDeviceInputStream;

/** Decompresses a gzip file once, checks it, and selects the points of its index (RFC 1952). */
final class GzipIndexer {

  private static final int MAGIC = 0x8b1f;
  private static final int DEFLATE = 8;
  private static final int HEADER_CRC = 2;
  private static final int EXTRA = 4;
  private static final int NAME = 8;
  private static final int COMMENT = 16;

  /** Stores the window of a point. */
  @FunctionalInterface
  interface WindowStore {
    /** Returns the position of the stored window. */
    long store(byte[] window) throws IOException;
  }

  private final BlockDeviceInputStream stream;
  private final BitInput in;
  private final BlockInflater inflater;
  private final Session session;
  private final long span;
  private final WindowStore windows;
  private final GzipPoints points = new GzipPoints();
  private long size;

  GzipIndexer(BlockDevice packed, Session session, long span, WindowStore windows)
      throws IOException {
    this.session = session;
    this.span = span;
    this.windows = windows;
    stream = new BlockDeviceInputStream(packed);
    in = new BitInput(stream);
    inflater = new BlockInflater(in, session);
  }

  /** Decompresses all members. Ignores data after them. */
  GzipPoints run() throws IOException {
    try {
      do {
        session.requireConnected();
        header();
        member();
      } while (in.startsWith(MAGIC));
      return points;
    } catch (ZipException | EOFException e) {
      if (stream.hasFailed()) {
        throw e;
      }
      throw new NbdException(NbdError.EINVAL, "not a valid gzip file: " + e.getMessage(), e);
    }
  }

  /** The number of decompressed bytes. */
  long size() {
    return size;
  }

  private void header() throws IOException {
    if (in.take(Short.SIZE) != MAGIC) {
      throw new ZipException("it has no magic number");
    }
    int method = in.take(Byte.SIZE);
    int flags = in.take(Byte.SIZE);
    if (method != DEFLATE || flags >= 2 * COMMENT) {
      throw new ZipException("it has method " + method + " and flags " + flags);
    }
    skip(6);
    if ((flags & EXTRA) != 0) {
      skip(in.take(Short.SIZE));
    }
    for (int text : new int[] {NAME, COMMENT}) {
      while ((flags & text) != 0 && in.take(Byte.SIZE) != 0) {
        // up to the zero byte
      }
    }
    skip((flags & HEADER_CRC) != 0 ? 2 : 0);
  }

  private void skip(int bytes) throws IOException {
    for (int i = 0; i < bytes; i++) {
      in.take(Byte.SIZE);
    }
  }

  private void member() throws IOException {
    inflater.reset();
    points.addMember(size, in.position());
    long last = 0;
    while (inflater.next()) {
      long at = inflater.size();
      if (at - last >= span) {
        points.add(size + at, in.position(), windows.store(inflater.window()));
        last = at;
      }
    }
    in.align();
    if (in.take(Integer.SIZE) != inflater.crc()) {
      throw new ZipException("a member has a wrong CRC");
    }
    if (in.take(Integer.SIZE) != (int) inflater.size()) {
      throw new ZipException("a member has a wrong size");
    }
    size += inflater.size();
  }
}
