package org.nbdcore.plugin.javasource;

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

/**
 * The plugin of a source file. Calls run with its class loader, which is closed with the plugin.
 */
record SourcePlugin(Plugin plugin, SourceClassLoader loader) implements Plugin {

  @Override
  public ThreadModel threadModel() {
    return plugin.threadModel();
  }

  @Override
  public void start(StartContext context) throws IOException {
    loader.run(() -> plugin.start(context));
  }

  @Override
  public void preconnect(Session session) throws IOException {
    loader.run(() -> plugin.preconnect(session));
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
  public BlockDevice open(OpenRequest request) throws IOException {
    return loader.<BlockDevice, IOException>during(() -> plugin.open(request));
  }

  @Override
  public void counters(CounterSink sink) {
    loader.during(
        () -> {
          plugin.counters(sink);
          return null;
        });
  }

  @Override
  public void cleanup() throws IOException {
    loader.run(plugin::cleanup);
  }

  @Override
  public void close() throws IOException {
    try (loader) {
      loader.run(plugin::close);
    }
  }
}
