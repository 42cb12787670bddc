package org.nbdcore.server;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.nbdcore.spi.Backend;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.Config;
import org.nbdcore.spi.Export;
import org.nbdcore.spi.FilterBlockDevice;
import org.nbdcore.spi.OpenRequest;
import org.nbdcore.spi.Parameter;
import org.nbdcore.spi.Plugin;
import org.nbdcore.spi.PluginProvider;
import org.nbdcore.spi.Session;
import org.nbdcore.spi.StartContext;
import org.nbdcore.spi.ThreadModel;
import org.nbdcore.testkit.Backends;
import org.nbdcore.testkit.TrackedBackend;

/**
 * A plugin for one test, which is its own provider. Subclass it to change operations of the plugin.
 */
class TestPlugin implements Plugin, PluginProvider {

  final TrackedBackend devices;
  final AtomicInteger starts = new AtomicInteger();
  final AtomicInteger closes = new AtomicInteger();
  private ThreadModel model = ThreadModel.PARALLEL;
  private Runnable beforeClosing; // null for nothing
  private List<Export> exports; // null for the default

  TestPlugin(Backend source) {
    devices = Backends.tracked(source);
  }

  /** Every connection sees the same device, which is not closed. */
  static TestPlugin of(BlockDevice device) {
    return new TestPlugin(Backends.of(device));
  }

  TestPlugin withModel(ThreadModel newModel) {
    model = newModel;
    return this;
  }

  /** Lists exports of these names. */
  TestPlugin listing(String... names) {
    exports = Stream.of(names).map(Export::of).toList();
    return this;
  }

  /** Has devices do something before they are closed. */
  TestPlugin closing(Runnable first) {
    beforeClosing = first;
    return this;
  }

  @Override
  public ThreadModel threadModel() {
    return model;
  }

  @Override
  public BlockDevice open(OpenRequest request) throws IOException {
    BlockDevice device = devices.open(request);
    if (beforeClosing == null) {
      return device;
    }
    return new FilterBlockDevice(device) {
      @Override
      public void close() throws IOException {
        beforeClosing.run();
        next.close();
      }
    };
  }

  @Override
  public void start(StartContext context) throws IOException {
    starts.incrementAndGet();
  }

  @Override
  public void close() throws IOException {
    closes.incrementAndGet();
  }

  @Override
  public List<Export> listExports(OpenRequest request) throws IOException {
    return exports == null ? Plugin.super.listExports(request) : exports;
  }

  @Override
  public String defaultExport(OpenRequest request) throws IOException {
    return Plugin.super.defaultExport(request);
  }

  @Override
  public void preconnect(Session session) throws IOException {
    Plugin.super.preconnect(session);
  }

  @Override
  public String name() {
    return "test";
  }

  @Override
  public String description() {
    return "a plugin for one test";
  }

  @Override
  public List<Parameter<?>> parameters() {
    return List.of();
  }

  @Override
  public Plugin create(Config config) {
    return this;
  }
}
