package org.nbdcore.filter.openonce;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import org.nbdcore.spi.Backend;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.Filter;
import org.nbdcore.spi.OpenRequest;
import org.nbdcore.spi.ThreadModel;
import org.nbdcore.spi.helpers.BlockDevices;

/** Keeps opened devices until the server stops. */
final class OpenonceFilter implements Filter {

  private record Key(String export, boolean readOnly) {}

  private record Shared(BlockDevice device, ReentrantLock lock) {}

  private final Map<Key, Shared> opened = new HashMap<>(); // guarded by this

  /**
   * Opens the device with a detached request, because the device outlives the first client's
   * connection. Other clients wait during the open. After a failure, the next one retries.
   */
  @Override
  public BlockDevice open(OpenRequest request, Backend next) throws IOException {
    Shared shared;
    synchronized (this) {
      Key key = new Key(request.exportName(), request.readOnly());
      shared = opened.get(key);
      if (shared == null) {
        BlockDevice device =
            next.open(OpenRequest.detached(request.exportName(), request.readOnly()));
        // with SERIALIZE_REQUESTS, the device below expects the requests of one connection only
        boolean alone = next.threadModel() != ThreadModel.PARALLEL;
        shared = new Shared(device, alone ? new ReentrantLock() : null);
        opened.put(key, shared);
      }
    }
    return shared.lock() == null
        ? BlockDevices.shared(shared.device())
        : new LockedDevice(shared.device(), shared.lock());
  }

  @Override
  public synchronized void close() throws IOException {
    List<BlockDevice> devices = new ArrayList<>();
    for (Shared shared : opened.values()) {
      devices.add(shared.device());
    }
    opened.clear();
    BlockDevices.closeAll(devices);
  }
}
