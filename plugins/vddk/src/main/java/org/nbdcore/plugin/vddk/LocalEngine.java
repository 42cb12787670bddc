package org.nbdcore.plugin.vddk;

import java.io.IOException;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.OpenRequest;
import org.nbdcore.vmdk.VmdkStore;

/** The local disk that all connections share without VDDK. */
final class LocalEngine implements Engine {

  private final VmdkStore store;

  LocalEngine(VmdkStore store) {
    this.store = store;
  }

  @Override
  public BlockDevice open(String path, OpenRequest request) throws IOException {
    return VmdkDisks.of(store, request.readOnly());
  }

  @Override
  public void close() throws IOException {
    store.close();
  }
}
