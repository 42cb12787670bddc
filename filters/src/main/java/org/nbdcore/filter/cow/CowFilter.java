package org.nbdcore.filter.cow;

import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import org.nbdcore.filter.common.FileSwitch;
import org.nbdcore.filter.common.SlotFile;
import org.nbdcore.spi.Backend;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.Filter;
import org.nbdcore.spi.NbdError;
import org.nbdcore.spi.NbdException;
import org.nbdcore.spi.OpenRequest;
import org.nbdcore.spi.helpers.BlockDevices;
import org.nbdcore.spi.helpers.BufferPool;
import org.nbdcore.spi.helpers.PerExport;

/**
 * Keeps the overlay of each export until the server stops, unless it is empty. Overlays with the
 * same block size share a file, so that a client cannot use up the descriptors with many export
 * names.
 */
final class CowFilter implements Filter {

  private static final int BUFFERS = 32;

  /** Size of one fetch from the disk below, if blocks are smaller. */
  private static final int LONG_READ = 256 * 1024;

  /** Maximum memory for these buffers, over all exports. A block may be as large as this. */
  private static final long BUFFER_MEMORY = 64L << 20;

  private final int blockSize;
  private final boolean onCache;
  private final FileSwitch onRead;

  private final PerExport<Overlay> overlays = new PerExport<>();

  // By size of blocks, guarded by this:
  private final Map<Integer, BufferPool> pools = new HashMap<>();
  private final Map<Integer, SlotFile> files = new HashMap<>();

  CowFilter(int blockSize, boolean onCache, FileSwitch onRead) {
    this.blockSize = blockSize;
    this.onCache = onCache;
    this.onRead = onRead;
  }

  @Override
  public BlockDevice open(OpenRequest request, Backend next) throws IOException {
    return BlockDevices.wrap(
        next.open(request.withReadOnly(true)),
        below -> {
          int block = Math.max(blockSize, below.capabilities().blockSizes().minimum());
          String export = request.exportName();
          long size = below.size();
          Overlay overlay = overlays.acquire(export, () -> make(size, block));
          try {
            checkSize(overlay, size);
            return new CowDevice(
                below, overlay, onCache, onRead, request.session(), () -> leave(export));
          } catch (IOException | RuntimeException e) {
            leave(export);
            throw e;
          }
        });
  }

  /** The number of exports that have an overlay. */
  int overlays() {
    return overlays.all().size();
  }

  private void leave(String export) {
    overlays.release(export, Overlay::isEmpty);
  }

  private synchronized Overlay make(long size, int block) {
    BufferPool pool =
        pools.computeIfAbsent(
            block, b -> BufferPool.within(BUFFER_MEMORY, Math.max(b, LONG_READ), BUFFERS));
    return new Overlay(size, block, pool, files.computeIfAbsent(block, Overlay::file));
  }

  private static void checkSize(Overlay overlay, long size) throws NbdException {
    if (overlay.size() != size) {
      throw new NbdException(
          NbdError.EIO,
          "the disk below was resized from "
              + overlay.size()
              + " to "
              + size
              + " bytes, which the cow filter cannot follow");
    }
  }

  @Override
  public synchronized void close() throws IOException {
    BlockDevices.closeAll(files.values());
  }
}
