package org.nbdcore.chain;

import java.io.IOException;
import java.util.List;
import org.nbdcore.spi.Backend;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.CounterSink;
import org.nbdcore.spi.Export;
import org.nbdcore.spi.Filter;
import org.nbdcore.spi.OpenRequest;
import org.nbdcore.spi.Session;
import org.nbdcore.spi.StartContext;
import org.nbdcore.spi.ThreadModel;

/** A filter of a third-party jar, called with the jar's class loader. */
record ThirdPartyFilter(Filter filter, ContextClassLoaders loader) implements Filter {

  @Override
  public ThreadModel threadModel() {
    return loader.during(filter::threadModel);
  }

  @Override
  public void start(Backend next, StartContext context) throws IOException {
    loader.run(() -> filter.start(next, context));
  }

  @Override
  public BlockDevice open(OpenRequest request, Backend next) throws IOException {
    BlockDevice device = loader.<BlockDevice, IOException>during(() -> filter.open(request, next));
    return ThirdPartyProviders.device(device, loader);
  }

  @Override
  public List<Export> listExports(OpenRequest request, Backend next) throws IOException {
    return loader.<List<Export>, IOException>during(() -> filter.listExports(request, next));
  }

  @Override
  public String defaultExport(OpenRequest request, Backend next) throws IOException {
    return loader.<String, IOException>during(() -> filter.defaultExport(request, next));
  }

  @Override
  public void preconnect(Session session, Backend next) throws IOException {
    loader.run(() -> filter.preconnect(session, next));
  }

  @Override
  public void counters(CounterSink sink) {
    loader.run(() -> filter.counters(sink));
  }

  @Override
  public void cleanup(Backend next) throws IOException {
    loader.run(() -> filter.cleanup(next));
  }

  @Override
  public void close() throws IOException {
    loader.run(filter::close);
  }
}
