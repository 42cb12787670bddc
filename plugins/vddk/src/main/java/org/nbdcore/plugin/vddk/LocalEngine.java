package org.nbdcore.plugin.vddk;

import java.io.IOException;
import org.nbdcore.plugin.vmdk.GrainCounts;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.CounterSink;
import org.nbdcore.spi.OpenRequest;
import org.nbdcore.vmdk.VmdkCounters;
import org.nbdcore.vmdk.VmdkStore;

/** The local disk that all connections share without VDDK. */
final class LocalEngine implements Engine {

  private final VmdkStore store;
  private final VmdkCounters grains = new VmdkCounters();

  LocalEngine(VddkConfig config) throws IOException {
    store = VmdkDisks.openStore(config, grains);
  }

  @Override
  public BlockDevice open(String path, OpenRequest request) throws IOException {
    return VmdkDisks.of(store, request.readOnly());
  }

  @Override
  public void counters(CounterSink sink) {
    GrainCounts.report(grains, sink);
  }

  @Override
  public void close() throws IOException {
    store.close();
  }
}
