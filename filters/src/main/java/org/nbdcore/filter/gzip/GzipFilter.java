package org.nbdcore.filter.gzip;

import java.io.Closeable;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import org.nbdcore.filter.common.Layers;
import org.nbdcore.spi.Backend;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.Filter;
import org.nbdcore.spi.OpenRequest;

/** Unpacks each export when its first client opens it, and keeps that until the server stops. */
final class GzipFilter implements Filter {

  /** An export, unpacked at most once. */
  private static final class Export implements Closeable {
    private Unpacked unpacked; // guarded by this; null until someone has succeeded

    synchronized Unpacked unpack(BlockDevice from) throws IOException {
      if (unpacked == null) {
        unpacked = Unpacked.from(from);
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

  private final Map<String, Export> exports = new HashMap<>(); // guarded by itself

  @Override
  public BlockDevice open(OpenRequest request, Backend next) throws IOException {
    return Layers.wrap(
        next.open(request.withReadOnly(true)),
        below -> new GzipDevice(below, export(request.exportName()).unpack(below)));
  }

  private Export export(String name) {
    synchronized (exports) {
      return exports.computeIfAbsent(name, key -> new Export());
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
