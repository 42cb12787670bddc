package org.nbdcore.filter.cow;

import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import org.nbdcore.filter.common.BufferPool;
import org.nbdcore.filter.common.FileSwitch;
import org.nbdcore.filter.common.Layers;
import org.nbdcore.spi.Backend;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.Filter;
import org.nbdcore.spi.NbdError;
import org.nbdcore.spi.NbdException;
import org.nbdcore.spi.OpenRequest;

/** Keeps the overlay of each export until the server stops. */
final class CowFilter implements Filter {

  private static final int BUFFERS = 32;

  /** The most memory for them, over all exports; blocks may be as large as this. */
  private static final long BUFFER_MEMORY = 64L << 20;

  private final int blockSize;
  private final boolean onCache;
  private final FileSwitch onRead;

  // Guarded by this:
  private final Map<String, Overlay> overlays = new HashMap<>();
  private final Map<Integer, BufferPool> pools = new HashMap<>();

  CowFilter(int blockSize, boolean onCache, FileSwitch onRead) {
    this.blockSize = blockSize;
    this.onCache = onCache;
    this.onRead = onRead;
  }

  @Override
  public BlockDevice open(OpenRequest request, Backend next) throws IOException {
    return Layers.wrap(
        next.open(request.withReadOnly(true)),
        below -> {
          int block = Math.max(blockSize, below.capabilities().blockSizes().minimum());
          Overlay overlay = overlay(request.exportName(), below.size(), block);
          return new CowDevice(below, overlay, onCache, onRead);
        });
  }

  private synchronized Overlay overlay(String export, long size, int block) throws IOException {
    Overlay overlay = overlays.get(export);
    if (overlay == null) {
      BufferPool pool =
          pools.computeIfAbsent(block, b -> BufferPool.within(BUFFER_MEMORY, b, BUFFERS));
      overlay = new Overlay(size, block, pool);
      overlays.put(export, overlay);
    }
    if (overlay.size() != size) {
      throw new NbdException(
          NbdError.EIO,
          "the disk below was resized from "
              + overlay.size()
              + " to "
              + size
              + " bytes, which the cow filter cannot follow");
    }
    return overlay;
  }

  @Override
  public synchronized void close() throws IOException {
    try {
      Layers.closeAll(overlays.values());
    } finally {
      overlays.clear();
    }
  }
}
