package org.nbdcore.filter.common;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.util.HashMap;
import java.util.Map;
import org.nbdcore.spi.Backend;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.Filter;
import org.nbdcore.spi.OpenRequest;
import org.nbdcore.spi.Session;

/** Unpacks each export when its first client opens it, and keeps that until the server stops. */
public final class UnpackingFilter implements Filter {

  /** Unpacks a format that has no places to begin at but its beginning. */
  @FunctionalInterface
  public interface Format {
    /**
     * What {@code packed} holds. What this or the stream throws means that it is damaged, unless
     * {@code packed} could not be read.
     */
    InputStream unpack(InputStream packed) throws IOException;
  }

  /** An export, unpacked at most once. */
  private static final class Export implements Closeable {
    private UnpackedFile unpacked; // guarded by this; null until someone has succeeded

    synchronized UnpackedFile unpack(BlockDevice from, String name, Format format, Session session)
        throws IOException {
      if (unpacked == null) {
        unpacked = UnpackedFile.from(from, name, format, session);
      }
      return unpacked;
    }

    @Override
    public synchronized void close() throws IOException {
      if (unpacked != null) {
        unpacked.close();
      }
    }
  }

  private final String name;
  private final Format format;
  private final Map<String, Export> exports = new HashMap<>(); // guarded by itself

  /** Unpacks files of a format, whose {@code name} errors show. */
  public UnpackingFilter(String name, Format format) {
    this.name = name;
    this.format = format;
  }

  @Override
  public BlockDevice open(OpenRequest request, Backend next) throws IOException {
    return Layers.wrap(
        next.open(request.withReadOnly(true)),
        below ->
            new UnpackedDevice(
                below,
                export(request.exportName()).unpack(below, name, format, request.session())));
  }

  private Export export(String key) {
    synchronized (exports) {
      return exports.computeIfAbsent(key, any -> new Export());
    }
  }

  @Override
  public void close() throws IOException {
    synchronized (exports) {
      try {
        Layers.closeAll(exports.values());
      } finally {
        exports.clear();
      }
    }
  }
}
