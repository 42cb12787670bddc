package org.nbdcore.chain;

import java.io.IOException;
import java.util.List;
import org.nbdcore.spi.Backend;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.CounterSink;
import org.nbdcore.spi.Export;
import org.nbdcore.spi.Filter;
import org.nbdcore.spi.Log;
import org.nbdcore.spi.OpenRequest;
import org.nbdcore.spi.Plugin;
import org.nbdcore.spi.Session;
import org.nbdcore.spi.StartContext;
import org.nbdcore.spi.ThreadModel;

/**
 * A plugin or filter in a chain. Adds its name to the exceptions that it throws, and emulates
 * missing operations of its devices.
 */
abstract class Layer implements Backend {

  private final String name;
  private final Trace trace;
  private volatile boolean started;

  private Layer(String name, Trace trace) {
    this.name = name;
    this.trace = trace;
  }

  static Layer of(String name, Plugin plugin, Trace trace) {
    return new PluginLayer(name, plugin, trace);
  }

  static Layer of(String name, Filter filter, Backend next, Trace trace) {
    return new FilterLayer(name, filter, next, trace);
  }

  final String name() {
    return name;
  }

  @Override
  public abstract ThreadModel threadModel();

  abstract void startLayer(StartContext context) throws IOException;

  abstract void cleanupLayer() throws IOException;

  abstract BlockDevice openLayer(OpenRequest request) throws IOException;

  abstract void closeLayer() throws Exception;

  /** True if this is the plugin. */
  abstract boolean isPlugin();

  abstract void countersOfLayer(CounterSink sink);

  /** Reports the layer's counters; none before its start. */
  final void counters(CounterSink sink) {
    try {
      if (started) {
        countersOfLayer(sink);
      }
    } catch (RuntimeException | LinkageError e) {
      // must not prevent the other metrics
      Log.of(name).debug(() -> "counters: " + e);
    }
  }

  final void start(StartContext context) throws IOException {
    try {
      startLayer(context.withLog(Log.of(name)));
      started = true;
    } catch (IOException | RuntimeException | LinkageError e) {
      throw LayerException.in(name, "cannot start", e);
    }
  }

  @Override
  public final BlockDevice open(OpenRequest request) throws IOException {
    BlockDevice device;
    trace.opening(name, request);
    try {
      device = openLayer(request);
    } catch (IOException | RuntimeException | LinkageError e) {
      throw LayerException.in(name, "cannot open", e);
    }
    if (device == null) {
      throw LayerException.in(name, "cannot open", new NullPointerException("open returned null"));
    }
    try {
      return Emulation.over(trace.over(name, device), request.session());
    } catch (IOException | RuntimeException | LinkageError e) {
      closeAfter(e, device);
      throw LayerException.in(name, "cannot open", e);
    } catch (Error e) {
      closeAfter(e, device);
      throw e;
    }
  }

  private static void closeAfter(Throwable failure, BlockDevice device) {
    try {
      device.close();
    } catch (IOException | RuntimeException second) {
      failure.addSuppressed(second);
    }
  }

  /** Does nothing for a layer that was not started. */
  final void cleanup() throws IOException {
    try {
      if (started) {
        cleanupLayer();
      }
    } catch (IOException | RuntimeException | LinkageError e) {
      throw LayerException.in(name, "cannot clean up", e);
    }
  }

  final void close() throws IOException {
    try {
      closeLayer();
    } catch (Exception | Error e) {
      throw LayerException.in(name, "cannot close", e);
    }
  }

  private static final class PluginLayer extends Layer {

    private final Plugin plugin;

    PluginLayer(String name, Plugin plugin, Trace trace) {
      super(name, trace);
      this.plugin = plugin;
    }

    @Override
    public ThreadModel threadModel() {
      return plugin.threadModel();
    }

    @Override
    void startLayer(StartContext context) throws IOException {
      plugin.start(context);
    }

    @Override
    void cleanupLayer() throws IOException {
      plugin.cleanup();
    }

    @Override
    BlockDevice openLayer(OpenRequest request) throws IOException {
      return plugin.open(request);
    }

    @Override
    void closeLayer() throws IOException {
      plugin.close();
    }

    @Override
    boolean isPlugin() {
      return true;
    }

    @Override
    void countersOfLayer(CounterSink sink) {
      plugin.counters(sink);
    }

    @Override
    public List<Export> listExports(OpenRequest request) throws IOException {
      return plugin.listExports(request);
    }

    @Override
    public String defaultExport(OpenRequest request) throws IOException {
      return plugin.defaultExport(request);
    }

    @Override
    public void preconnect(Session session) throws IOException {
      plugin.preconnect(session);
    }
  }

  private static final class FilterLayer extends Layer {

    private final Filter filter;
    private final Backend next;

    FilterLayer(String name, Filter filter, Backend next, Trace trace) {
      super(name, trace);
      this.filter = filter;
      this.next = next;
    }

    @Override
    public ThreadModel threadModel() {
      return filter.threadModel().strictest(next.threadModel());
    }

    @Override
    void startLayer(StartContext context) throws IOException {
      filter.start(next, context);
    }

    @Override
    void cleanupLayer() throws IOException {
      filter.cleanup(next);
    }

    @Override
    BlockDevice openLayer(OpenRequest request) throws IOException {
      return filter.open(request, next);
    }

    @Override
    void closeLayer() throws IOException {
      filter.close();
    }

    @Override
    boolean isPlugin() {
      return false;
    }

    @Override
    void countersOfLayer(CounterSink sink) {
      filter.counters(sink);
    }

    @Override
    public List<Export> listExports(OpenRequest request) throws IOException {
      return filter.listExports(request, next);
    }

    @Override
    public String defaultExport(OpenRequest request) throws IOException {
      return filter.defaultExport(request, next);
    }

    @Override
    public void preconnect(Session session) throws IOException {
      filter.preconnect(session, next);
    }
  }
}
