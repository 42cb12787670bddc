package org.nbdcore.filter.common;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.nbdcore.spi.Backend;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.Filter;
import org.nbdcore.spi.OpenRequest;
import org.nbdcore.spi.Session;
import org.nbdcore.spi.helpers.BlockDevices;

/**
 * Decompresses each export into a file when its first client opens it. The file of an export
 * without clients is kept for later clients, but only for the {@value #MAX_IDLE} most recently used
 * exports.
 */
public final class StreamDecompressionFilter implements Filter {

  /** Decompresses a format that can only be read from its start. */
  @FunctionalInterface
  public interface Format {
    /**
     * Returns the decompressed contents of {@code packed}. An exception of this method or of the
     * stream means that the data is damaged, unless reading {@code packed} failed.
     */
    InputStream unpack(InputStream packed) throws IOException;
  }

  /** Maximum number of files without clients: each needs a descriptor and disk space. */
  static final int MAX_IDLE = 8;

  /** An export, which is decompressed at most once. */
  private static final class DecompressedExport implements Closeable {
    private int users; // guarded by the map of exports
    private DecompressedFile unpacked; // guarded by this; null until the decompression succeeds

    synchronized DecompressedFile unpack(
        BlockDevice from, String name, Format format, Session session) throws IOException {
      if (unpacked == null) {
        unpacked = DecompressedFile.from(from, name, format, session);
      }
      return unpacked;
    }

    synchronized boolean isUnpacked() {
      return unpacked != null;
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

  /** In order of their last open or close. Guarded by this map. */
  private final Map<String, DecompressedExport> exports = new LinkedHashMap<>();

  /** Creates the filter of a format. Error messages contain {@code name}. */
  public StreamDecompressionFilter(String name, Format format) {
    this.name = name;
    this.format = format;
  }

  @Override
  public BlockDevice open(OpenRequest request, Backend next) throws IOException {
    return BlockDevices.wrap(
        next.open(request.withReadOnly(true)), below -> unpacked(below, request));
  }

  private BlockDevice unpacked(BlockDevice below, OpenRequest request) throws IOException {
    String key = request.exportName();
    DecompressedExport export = acquire(key);
    try {
      DecompressedFile file = export.unpack(below, name, format, request.session());
      return new DecompressedDevice(below, file, () -> release(key, export));
    } catch (IOException | RuntimeException | Error e) {
      release(key, export);
      throw e;
    }
  }

  private DecompressedExport acquire(String key) {
    synchronized (exports) {
      DecompressedExport known = exports.remove(key);
      DecompressedExport export = known == null ? new DecompressedExport() : known;
      export.users++;
      exports.put(key, export);
      return export;
    }
  }

  private void release(String key, DecompressedExport export) throws IOException {
    List<DecompressedExport> dropped;
    synchronized (exports) {
      export.users--;
      if (exports.get(key) != export) {
        return; // the filter is closed
      }
      exports.remove(key);
      if (export.users > 0 || export.isUnpacked()) {
        exports.put(key, export);
      }
      dropped = dropOldest();
    }
    BlockDevices.closeAll(dropped);
  }

  /** The caller holds the lock. */
  private List<DecompressedExport> dropOldest() {
    long idle = exports.values().stream().filter(export -> export.users == 0).count();
    List<DecompressedExport> dropped = new ArrayList<>();
    Iterator<DecompressedExport> oldest = exports.values().iterator();
    while (idle > MAX_IDLE) {
      DecompressedExport export = oldest.next();
      if (export.users == 0) {
        oldest.remove();
        dropped.add(export);
        idle--;
      }
    }
    return dropped;
  }

  @Override
  public void close() throws IOException {
    synchronized (exports) {
      try {
        BlockDevices.closeAll(exports.values());
      } finally {
        exports.clear();
      }
    }
  }
}
