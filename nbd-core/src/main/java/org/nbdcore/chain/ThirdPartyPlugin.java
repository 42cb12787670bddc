package org.nbdcore.chain;

import java.io.IOException;
import java.util.List;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.CounterSink;
import org.nbdcore.spi.Export;
import org.nbdcore.spi.OpenRequest;
import org.nbdcore.spi.Plugin;
import org.nbdcore.spi.Session;
import org.nbdcore.spi.StartContext;
import org.nbdcore.spi.ThreadModel;

/** A plugin of a third-party jar, called with the jar's class loader. */
record ThirdPartyPlugin(Plugin plugin, ContextClassLoaders loader) implements Plugin {

  @Override
  public ThreadModel threadModel() {
    return loader.during(plugin::threadModel);
  }

  @Override
  public void start(StartContext context) throws IOException {
    loader.run(() -> plugin.start(context));
  }

  @Override
  public BlockDevice open(OpenRequest request) throws IOException {
    BlockDevice device = loader.<BlockDevice, IOException>during(() -> plugin.open(request));
    return ThirdPartyProviders.device(device, loader);
  }

  @Override
  public List<Export> listExports(OpenRequest request) throws IOException {
    return loader.<List<Export>, IOException>during(() -> plugin.listExports(request));
  }

  @Override
  public String defaultExport(OpenRequest request) throws IOException {
    return loader.<String, IOException>during(() -> plugin.defaultExport(request));
  }

  @Override
  public void preconnect(Session session) throws IOException {
    loader.run(() -> plugin.preconnect(session));
  }

  @Override
  public void counters(CounterSink sink) {
    loader.run(() -> plugin.counters(sink));
  }

  @Override
  public void cleanup() throws IOException {
    loader.run(plugin::cleanup);
  }

  @Override
  public void close() throws IOException {
    loader.run(plugin::close);
  }
}
